package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.tokenizer.Tokenizer;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;

/** An opened source: its files exist and their headers are as they should be. */
public interface Table {
  /** The section that describes the source. */
  Options options();

  /** What is read, such as {@code /data/wine.csv}. */
  String shown();

  /** What the user calls it, such as {@code data.train (/data/wine.csv)}. */
  default String name() {
    return options().path() + " (" + shown() + ")";
  }

  /** The form of its rows. */
  ExampleForm form();

  /** The columns of the features, in the order of a row; empty where they have no names. */
  default List<String> featureNames() {
    return List.of();
  }

  /** What makes the tokens of its rows; null where rows are no text. */
  default @Nullable Tokenizer tokenizer() {
    return null;
  }

  /** Whether refused rows are left out and counted instead of ending the run. */
  default boolean skipsBadRows() {
    return SourceKeys.skips(options());
  }

  /** The way out of a refused row, such as {@code mend the row, or set ...}. */
  default String wayOut() {
    return SourceKeys.wayOut(options());
  }

  /**
   * Whether labels are written as texts, so that which class is which must be found out from all of
   * them before rows are read.
   */
  default boolean hasTextLabels() {
    return false;
  }

  /**
   * The labels of all rows that are otherwise as they should be, one after another where a row has
   * several; where labels are texts.
   *
   * @throws IllegalStateException where they are numbers
   */
  default RDD<String> labelTexts(SparkContext spark) {
    throw new IllegalStateException("the labels of " + name() + " are numbers");
  }

  /**
   * All rows, in partitions and an order that mean nothing.
   *
   * @param labels how labels are read
   * @param parts into how many partitions large files are cut, about; 0 leaves it to the source
   */
  RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts);

  /** All rows in the order of the source, files by name, read here, in this process. */
  Rows<Parsed> inOrder(LabelReader labels);

  /**
   * Where a refused row is, such as {@code /data/wine.csv:17} or {@code /data/x.npy, row 17}; may
   * read the file up to there.
   */
  default String place(Parsed.Bad row) {
    return InputFile.show(row.file()) + ", row " + row.position();
  }
}
