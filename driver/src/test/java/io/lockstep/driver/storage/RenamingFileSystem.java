package io.lockstep.driver.storage;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A file system {@code renames:} over a local folder that, as HDFS, renames over no other file. */
public final class RenamingFileSystem extends RawLocalFileSystem {
  /** The setting of Spark under which Hadoop finds it. */
  public static final String SETTING = "spark.hadoop.fs.renames.impl";

  @Override
  public URI getUri() {
    return URI.create("renames:///");
  }

  @Override
  public String getScheme() {
    return "renames";
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return !exists(to) && super.rename(from, to);
  }
}
