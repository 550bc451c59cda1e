package io.lockstep.driver.spark;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataDescription;
import io.lockstep.driver.spark.source.Sources;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file in its own order, in the format of a run's training data. Starts Spark only
 * where the format needs it.
 */
public final class FileRows implements AutoCloseable {
  /** Whether labels are there and are read. */
  public enum Labels {
    /** They must be there. */
    READ,
    /** They are not looked at. */
    UNREAD
  }

  private final RunConfiguration run;
  private final PlainRows rows;
  private @Nullable SparkRuntime spark;

  private FileRows(RunConfiguration run, DataDescription trained, String file, Labels labels) {
    this.run = run;
    Options source = Sources.from(run.data().train(), file, Location.of(""));
    Configuration hadoop = Storage.with(run.cluster().spark()).hadoop();
    this.rows =
        labels == Labels.READ
            ? PlainRows.labelled(source, trained, hadoop, this::session)
            : PlainRows.unlabelled(source, trained, hadoop, this::session);
  }

  /**
   * Opens a file.
   *
   * @param run whose {@code data.train} says the format; its master must be local
   * @param trained what the model was trained on
   * @param file relative to the current folder, or any Hadoop path
   * @throws io.lockstep.common.config.ConfigurationException where it does not exist or fit
   */
  public static FileRows open(
      RunConfiguration run, DataDescription trained, String file, Labels labels) {
    return new FileRows(run, trained, file, labels);
  }

  private SparkSession session() {
    SparkRuntime started = spark;
    if (started == null) {
      started = SparkRuntime.start(run);
      spark = started;
    }
    return started.session();
  }

  /** The rows. */
  public PlainRows rows() {
    return rows;
  }

  @Override
  public void close() {
    rows.close();
    SparkRuntime started = spark;
    if (started != null) {
      started.close();
    }
  }
}
