package io.lockstep.driver.storage;

import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.checkpoint.FolderStore;
import io.lockstep.common.config.ConfigurationException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The way to files wherever they lie. File systems of Hadoop's are told what stands in the class
 * path ({@code core-site.xml}, ...) and, over it, Spark's settings {@code spark.hadoop.*}, so that
 * what Spark reads can be read here with the same keys and addresses. Nothing of Hadoop is touched
 * for what is local.
 */
public final class Storage {
  private static final String PREFIX = "spark.hadoop.";

  private final Map<String, String> spark;
  private @Nullable Configuration hadoop;

  private Storage(Map<String, String> spark) {
    this.spark = Map.copyOf(spark);
  }

  /** With the settings that spark-submit gave this process. */
  public static Storage here() {
    return with(Map.of());
  }

  /**
   * With settings over those that spark-submit gave this process.
   *
   * @param spark settings of Spark, of which those that begin with {@code spark.hadoop.} count
   */
  public static Storage with(Map<String, String> spark) {
    return new Storage(spark);
  }

  /** Settings for whoever reads by Hadoop himself; made when they are first asked for. */
  public synchronized Configuration hadoop() {
    Configuration present = hadoop;
    if (present == null) {
      Configuration made = new Configuration();
      System.getProperties()
          .stringPropertyNames()
          .forEach(name -> set(made, name, System.getProperty(name)));
      spark.forEach((name, value) -> set(made, name, value));
      hadoop = made;
      present = made;
    }
    return present;
  }

  private static void set(Configuration hadoop, String name, @Nullable String value) {
    if (name.startsWith(PREFIX) && value != null) {
      hadoop.set(name.substring(PREFIX.length()), value);
    }
  }

  /**
   * The checkpoints in a folder.
   *
   * @param folder as {@link Location#of(String)} reads it; made when the first one is written
   * @throws ConfigurationException where there is no such file system
   */
  public CheckpointStore checkpoints(String folder) {
    Location location = Location.of(folder);
    return location.isLocal() ? new FolderStore(location.path()) : store(location);
  }

  /** A folder that is not local. */
  HadoopStore store(Location folder) {
    return new HadoopStore(files(folder), new Path(folder.toString()));
  }

  private FileSystem files(Location location) {
    try {
      return new Path(location.toString()).getFileSystem(hadoop());
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigurationException(
          "cannot reach the file system of "
              + location
              + ": "
              + e.getMessage()
              + "; put its jars and settings where Spark has them (spark.hadoop.*)",
          e);
    }
  }

  /** Whether there is a file, and it is no folder. */
  public boolean isFile(Location location) throws IOException {
    if (location.isLocal()) {
      return Files.isRegularFile(location.path());
    }
    try {
      return files(location).getFileStatus(new Path(location.toString())).isFile();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /** Whether there is a file or a folder. */
  public boolean exists(Location location) throws IOException {
    return location.isLocal()
        ? Files.exists(location.path())
        : files(location).exists(new Path(location.toString()));
  }

  /** When a file was written, in milliseconds since 1970; 0 where it cannot be seen. */
  public long modified(Location file) {
    try {
      Path path = new Path(file.toString());
      return path.getFileSystem(hadoop()).getFileStatus(path).getModificationTime();
    } catch (IOException notThere) {
      return 0;
    }
  }

  /** Opens a file; buffered by whoever reads it. */
  public InputStream open(Location file) throws IOException {
    return file.isLocal()
        ? Files.newInputStream(file.path())
        : files(file).open(new Path(file.toString()));
  }

  /**
   * A local copy of a file, for those who must read it in any order; the caller deletes it.
   *
   * @param file not local
   */
  public java.nio.file.Path copy(Location file) throws IOException {
    java.nio.file.Path copy = Files.createTempFile("lockstep-", ".copy");
    try (InputStream in = open(file)) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException | RuntimeException e) {
      Files.delete(copy);
      throw e;
    }
  }
}
