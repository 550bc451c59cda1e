package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.driver.cluster.ClusterSettings;
import io.lockstep.driver.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real cluster of processes and jobs by Spark's own submit. */
class LocalClusterIT {
  private static final Duration LONG = Duration.ofMinutes(4);

  @TempDir Path folder;

  @Test
  void aClusterRunsASubmittedJobOnAllItsWorkersAndStopLeavesNothing() throws Exception {
    Path directory = folder.resolve("a cluster");
    List<ProcessHandle> seen = new ArrayList<>();
    try (LocalCluster cluster = LocalCluster.start(settings(directory))) {
      assertThat(cluster.master()).matches("spark://127\\.0\\.0\\.1:[0-9]+");
      assertThat(cluster.daemons()).hasSize(3).allMatch(LocalCluster::runs);
      seen.addAll(cluster.daemons());
      assertThatThrownBy(() -> LocalCluster.start(settings(directory)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("a cluster already runs at " + cluster.master());

      Path output = folder.resolve("output");
      Process job = submit(cluster.master(), output);
      await().atMost(LONG).until(() -> ended(job) || said(output, "sum"));
      seen.addAll(cluster.executors());
      job.getOutputStream().close();
      assertThat(job.waitFor(60, TimeUnit.SECONDS)).isTrue();

      assertThat(Files.readString(output)).contains("sum 499500\n");
      assertThat(executorFolders(directory.resolve("work/worker-0"))).isEqualTo(1);
      assertThat(executorFolders(directory.resolve("work/worker-1"))).isEqualTo(1);
    }
    assertThat(seen).hasSize(5).noneMatch(LocalCluster::runs);
    assertThat(directory).doesNotExist();
    assertThatThrownBy(() -> LocalCluster.running(directory))
        .hasMessageStartingWith("no cluster to stop");
  }

  @Test
  void stopFindsExecutorsWhoseWorkerWasKilled() throws Exception {
    Path directory = folder.resolve("cluster");
    Path output = folder.resolve("output");
    LocalCluster cluster = LocalCluster.start(settings(directory));
    Process job = submit(cluster.master(), output);
    List<ProcessHandle> executors;
    try {
      await().atMost(LONG).until(() -> ended(job) || said(output, "sum"));
      executors = cluster.executors();
      assertThat(executors).hasSize(2);
      for (ProcessHandle daemon : cluster.daemons()) {
        daemon.destroyForcibly();
      }
    } finally {
      LocalCluster.running(directory).close();
      job.destroyForcibly().waitFor();
    }
    assertThat(executors).noneMatch(LocalCluster::runs);
    assertThat(directory).doesNotExist();
  }

  private static ClusterSettings settings(Path directory) {
    return ClusterSettings.of(Installation.sparkHome()).withResources(1, 1024).in(directory);
  }

  /** Spark's own submit, client mode, as a process. */
  private static Process submit(String master, Path output) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + Installation.jvmOptions(),
            "-Xmx512m",
            "-cp",
            Installation.testClasses() + ":" + Installation.sparkHome() + "/jars/*",
            "org.apache.spark.deploy.SparkSubmit",
            "--master",
            master,
            "--conf",
            "spark.executor.memory=512m",
            "--conf",
            "spark.scheduler.minRegisteredResourcesRatio=1.0",
            "--class",
            SumJob.class.getName(),
            Installation.applicationJar().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SPARK_HOME", Installation.sparkHome() + ""));
    return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
  }

  private static boolean ended(Process job) {
    return !job.isAlive();
  }

  private static boolean said(Path output, String word) throws IOException {
    return Files.readString(output).contains("\n" + word);
  }

  /** work/worker-N/app-.../0 */
  private static long executorFolders(Path worker) throws IOException {
    try (Stream<Path> tree = Files.walk(worker, 2)) {
      return tree.filter(path -> worker.relativize(path).getNameCount() == 2).count();
    }
  }
}
