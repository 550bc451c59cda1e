package io.lockstep.deploy.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;

/** HDFS with a name node and a data node. */
final class Hdfs implements Elsewhere {
  private final MiniDFSCluster cluster;
  private final String root;

  Hdfs(Path folder) throws IOException {
    Configuration settings = new Configuration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    settings.set("dfs.replication", "1");
    cluster = new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
    cluster.waitActive();
    root = cluster.getURI() + "/tests";
  }

  @Override
  public String root() {
    return root;
  }

  /** Its address says all; a name node that does not answer is given up after a second. */
  @Override
  public Map<String, String> settings() {
    return Map.of(
        "spark.hadoop.ipc.client.connect.max.retries", "2",
        "spark.hadoop.ipc.client.connect.retry.interval", "300",
        "spark.hadoop.dfs.client.block.write.locateFollowingBlock.retries", "1");
  }

  /** No byte more can be written below a folder of the root. */
  void fill(String folder) throws IOException {
    DistributedFileSystem files = cluster.getFileSystem();
    files.setQuota(path(folder), HdfsConstants.QUOTA_DONT_SET, 1);
  }

  /** There is room again. */
  void makeRoom(String folder) throws IOException {
    DistributedFileSystem files = cluster.getFileSystem();
    files.setQuota(path(folder), HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
  }

  private org.apache.hadoop.fs.Path path(String folder) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(root, folder);
    cluster.getFileSystem().mkdirs(path);
    return path;
  }

  void stopNameNode() {
    cluster.shutdownNameNode(0);
  }

  void startNameNode() throws IOException {
    cluster.restartNameNode(0, true);
  }

  @Override
  public void close() {
    cluster.shutdown();
  }
}
