package io.lockstep.driver.spark.source;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Names;
import io.lockstep.common.config.Options;
import io.lockstep.driver.spark.source.Source.Reading;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Which columns of a table are what.
 *
 * @param features the number of each feature's column, in the order of a row
 * @param label the number of the label's column; -1 where labels are not read
 * @param names all columns
 */
record Columns(List<Integer> features, int label, List<String> names) implements Serializable {
  /**
   * Finds the columns that the configuration, or a model that knows them, names.
   *
   * @param names the columns of the table
   * @param file the table's, for errors
   * @throws ConfigurationException for a column that is not there, with the nearest that is
   */
  static Columns choose(Options options, Reading reading, List<String> names, String file) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw options.error(
            "must have columns of different names, got '" + name + "' twice in " + file);
      }
    }
    String labelName =
        reading.labelled()
            ? options.get(SourceKeys.LABEL)
            : Objects.requireNonNullElse(options.find(SourceKeys.LABEL), "");
    int label = names.indexOf(labelName);
    if (label < 0 && reading.labelled()) {
      throw options.error(
          SourceKeys.LABEL, "must be a column of " + file + " " + known(labelName, names));
    }
    List<String> features = features(options, reading, names, labelName);
    for (String feature : features) {
      if (!names.contains(feature)) {
        throw missing(options, reading, feature, names, file);
      }
    }
    if (features.contains(labelName)) {
      throw options.error(SourceKeys.FEATURES, "must not hold the label, '" + labelName + "'");
    }
    if (features.isEmpty()) {
      throw options.error("must have columns beside the label, got none in " + file);
    }
    return new Columns(
        features.stream().map(names::indexOf).toList(),
        reading.labelled() ? label : -1,
        List.copyOf(names));
  }

  private static List<String> features(
      Options options, Reading reading, List<String> names, String label) {
    if (!reading.features().isEmpty()) {
      return reading.features();
    }
    List<String> chosen = options.get(SourceKeys.FEATURES);
    return chosen.isEmpty() ? names.stream().filter(name -> !name.equals(label)).toList() : chosen;
  }

  private static ConfigurationException missing(
      Options options, Reading reading, String feature, List<String> names, String file) {
    String rule =
        "must name columns of "
            + file
            + ", which has no '"
            + feature
            + "' "
            + known(feature, names);
    return reading.features().isEmpty()
        ? options.error(SourceKeys.FEATURES, rule)
        : options.error(rule.replace("must name columns of", "must have the model's columns in"));
  }

  private static String known(String name, List<String> names) {
    return "("
        + Names.nearest(name, names).map(near -> "nearest: " + near + "; ").orElse("")
        + "all: "
        + String.join(", ", names)
        + ")";
  }

  /** The columns of the features by name, in the order of a row. */
  List<String> featureNames() {
    return features.stream().map(names::get).toList();
  }
}
