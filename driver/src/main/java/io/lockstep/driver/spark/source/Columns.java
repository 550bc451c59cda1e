package io.lockstep.driver.spark.source;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Names;
import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import io.lockstep.driver.spark.source.Source.Reading;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which columns of a table are what.
 *
 * @param features the number of each feature's column, in the order of a row
 * @param labels the number of each label's column; empty where labels are not read
 * @param weight the number of the weight's column; -1 where there is none, or weights are not read
 * @param names all columns
 */
record Columns(List<Integer> features, List<Integer> labels, int weight, List<String> names)
    implements Serializable {
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
    List<String> labels = labels(options, reading, names, file);
    String weight = options.get(SourceKeys.WEIGHT);
    if (reading.weighted() && !weight.isEmpty() && !names.contains(weight)) {
      throw options.error(
          SourceKeys.WEIGHT, "must be a column of " + file + " " + known(weight, names));
    }
    if (!weight.isEmpty() && labels.contains(weight)) {
      throw options.error(SourceKeys.WEIGHT, "must not be a label");
    }
    List<String> others = new ArrayList<>(labels);
    others.add(weight);
    List<String> features = features(options, reading, names, others);
    for (String feature : features) {
      if (!names.contains(feature)) {
        throw missing(options, reading, feature, names, file);
      }
    }
    for (String other : others) {
      if (features.contains(other)) {
        String what = other.equals(weight) ? "weight" : "label";
        throw options.error(SourceKeys.FEATURES, "must not hold the " + what + ", '" + other + "'");
      }
    }
    if (features.isEmpty()) {
      throw options.error("must have columns beside label and weight, got none in " + file);
    }
    return new Columns(
        features.stream().map(names::indexOf).toList(),
        reading.labelled() ? labels.stream().map(names::indexOf).toList() : List.of(),
        reading.weighted() ? names.indexOf(weight) : -1,
        List.copyOf(names));
  }

  private static List<String> labels(
      Options options, Reading reading, List<String> names, String file) {
    List<String> labels = options.get(SourceKeys.LABEL);
    if (reading.labelled() && labels.isEmpty()) {
      throw Sources.unlabelled(options, SourceKeys.LABEL);
    }
    for (String label : labels) {
      if (reading.labelled() && !names.contains(label)) {
        throw options.error(
            SourceKeys.LABEL,
            labels.size() == 1
                ? "must be a column of " + file + " " + known(label, names)
                : "must name columns of "
                    + file
                    + ", which has no '"
                    + label
                    + "' "
                    + known(label, names));
      }
    }
    if (new HashSet<>(labels).size() < labels.size()) {
      throw options.error(SourceKeys.LABEL, "must name columns that differ");
    }
    return labels;
  }

  private static List<String> features(
      Options options, Reading reading, List<String> names, List<String> others) {
    if (!reading.features().isEmpty()) {
      return reading.features();
    }
    List<String> chosen = options.get(SourceKeys.FEATURES);
    return chosen.isEmpty()
        ? names.stream().filter(name -> !others.contains(name)).toList()
        : chosen;
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

  /** The columns of the labels by name, in the order of a row. */
  List<String> labelNames() {
    return labels.stream().map(names::get).toList();
  }

  /**
   * The form of rows of float32.
   *
   * @param featureNumbers how many features they have
   * @param labelNumbers how many numbers their label has
   */
  ExampleForm form(int featureNumbers, int labelNumbers) {
    return new ExampleForm(FeatureType.FLOAT32, featureNumbers, labelNumbers, weight >= 0);
  }

  /** The form of rows with a column a number. */
  ExampleForm form() {
    return form(features.size(), labels.size());
  }
}
