package io.lockstep.driver.spark;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.data.DataDescription;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.driver.spark.source.LabelReader;
import io.lockstep.driver.spark.source.LabelTexts;
import io.lockstep.driver.spark.source.Parsed;
import io.lockstep.driver.spark.source.Rows;
import io.lockstep.driver.spark.source.Source.Reading;
import io.lockstep.driver.spark.source.Sources;
import io.lockstep.driver.spark.source.Table;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a source in its own order, read in this process, for a model that is already trained:
 * its columns by name, its classes, its width. Only Parquet asks for a session of Spark.
 */
public final class PlainRows implements AutoCloseable {
  private final Table table;
  private final Rows<Parsed> rows;
  private long row = -1;
  private long skipped;
  private byte @Nullable [] content;

  private PlainRows(Table table, Rows<Parsed> rows) {
    this.table = table;
    this.rows = rows;
  }

  /**
   * Opens a source whose rows have labels.
   *
   * @param source resolved
   * @param trained what the model was trained on
   * @param hadoop for file systems and codecs
   * @param spark asked only for Parquet
   * @throws ConfigurationException where a file or a column does not exist or does not fit the
   *     model
   */
  public static PlainRows labelled(
      Options source, DataDescription trained, Configuration hadoop, Supplier<SparkSession> spark) {
    Table table = open(source, trained, hadoop, spark, true);
    return new PlainRows(table, table.inOrder(LabelTexts.reader(table, trained.labels())));
  }

  /** As {@link #labelled}, but neither labels nor weights are looked at: rows have none. */
  public static PlainRows unlabelled(
      Options source, DataDescription trained, Configuration hadoop, Supplier<SparkSession> spark) {
    Table table = open(source, trained, hadoop, spark, false);
    return new PlainRows(table, table.inOrder(new LabelReader.Unread()));
  }

  private static Table open(
      Options source,
      DataDescription trained,
      Configuration hadoop,
      Supplier<SparkSession> spark,
      boolean labelled) {
    int width = trained.form().features();
    boolean labels = labelled && !trained.labels().none();
    Table table =
        Sources.REGISTRY
            .create(source)
            .open(
                new Reading(
                    hadoop,
                    spark,
                    trained.featureNames(),
                    width,
                    trained.input(),
                    labels,
                    labelled,
                    trained.tokenizer()));
    if (table.form().features() != width) {
      throw new ConfigurationException(
          table.name()
              + " must have as many features as the model was trained on ("
              + width
              + "), got "
              + table.form().features());
    }
    if (labels && table.form().labels() != trained.form().labels()) {
      throw new ConfigurationException(
          table.name()
              + " must have as many labels as the model was trained on ("
              + trained.form().labels()
              + "), got "
              + table.form().labels());
    }
    return table;
  }

  /**
   * Goes to the next row.
   *
   * @return false behind the last
   * @throws DataException for a row that is refused, where the source does not skip those, naming
   *     file and row
   */
  public boolean next() {
    while (rows.hasNext()) {
      Parsed parsed = rows.next();
      row++;
      if (parsed instanceof Parsed.Row good) {
        content = good.content();
        return true;
      }
      if (parsed instanceof Parsed.Broken broken) {
        throw new DataException(broken.message());
      }
      Parsed.Bad bad = (Parsed.Bad) parsed;
      if (!table.skipsBadRows()) {
        throw new DataException(table.place(bad) + ": " + bad.reason() + "; " + table.wayOut());
      }
      skipped++;
    }
    if (row - skipped < 0) {
      throw new DataException(table.name() + " must have at least one row, got none");
    }
    content = null;
    return false;
  }

  /** The number of the row in the source, from 0; refused rows count. */
  public long row() {
    return row;
  }

  /** The row in the form of {@link #form}; new for each row. */
  public byte[] content() {
    if (content == null) {
      throw new IllegalStateException("there is no row before next() or behind the last");
    }
    return content;
  }

  /** The form of the rows. */
  public ExampleForm form() {
    return table.form();
  }

  /** What the user calls the source. */
  public String name() {
    return table.name();
  }

  /** How many rows were left out so far. */
  public long skipped() {
    return skipped;
  }

  @Override
  public void close() {
    rows.close();
  }
}
