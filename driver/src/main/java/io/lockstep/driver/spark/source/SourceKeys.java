package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import java.util.List;

/** The keys that several sources have. */
final class SourceKeys {
  static final Key<String> PATH =
      Key.text("path", "", "a file, a folder or a pattern, on any file system of Hadoop's")
          .required();

  static final Key<List<String>> LABEL =
      Key.textOrTexts(
          "label", "the label's column, or a list of them; needed unless data.labels says none");

  static final Key<String> WEIGHT =
      Key.text(
          "weight",
          "",
          "the column that says how much an example counts, from 0; all 1 without it");

  static final Key<List<String>> FEATURES =
      Key.texts(
          "features",
          List.of(),
          List.of(),
          "the features' columns, in order; all but label and weight without it");

  static final Key<String> ON_BAD_ROW =
      Key.choice(
          "onBadRow",
          "fail",
          List.of("fail", "skip"),
          "whether a row that cannot be used ends the run, or is left out and counted");

  private SourceKeys() {}

  static boolean skips(Options options) {
    return options.get(ON_BAD_ROW).equals("skip");
  }

  static String weightRefusal(String column, String value) {
    return "the weight '" + column + "' must be a number from 0, got '" + value + "'";
  }

  static String wayOut(Options options) {
    return "mend the row, or leave such rows out with " + options.path() + ".onBadRow: skip";
  }
}
