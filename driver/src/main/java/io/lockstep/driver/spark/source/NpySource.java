package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of NumPy's: rows of features, and rows of labels beside them. Several files go in the
 * order of their names.
 */
final class NpySource implements Source {
  static final Key<String> FEATURES =
      Key.text(
              "features",
              "",
              "the array of the features, an example a row, its numbers in the order of model.input;"
                  + " a file, folder or pattern, .npy or .npz")
          .required();

  static final Key<String> LABELS =
      Key.text(
          "labels",
          "",
          "the array of the labels, a row an example: one number or several; 255 of bytes and -1"
              + " are none where there are several");

  static final Key<List<String>> ARRAYS =
      Key.texts(
          "arrays",
          List.of(),
          List.of(),
          "for .npz: the names of the arrays of features and labels in their files");

  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "npy",
          "Arrays of NumPy's (.npy, .npz) of features and of labels, of whole or floating numbers,"
              + " in C's or Fortran's order.",
          List.of(FEATURES, LABELS, ARRAYS, SourceKeys.ON_BAD_ROW),
          NpySource::new);

  private final Options options;

  private NpySource(Options options) {
    this.options = options;
    options.get(FEATURES);
    if (options.get(ARRAYS).size() > 2) {
      throw options.error(ARRAYS, "must be one name for the features and one for the labels");
    }
  }

  @Override
  public Table open(Reading reading) {
    List<NpyArray> features = arrays(FEATURES, 0, reading.hadoop());
    List<NpyArray> labels = List.of();
    if (reading.labelled()) {
      if (options.get(LABELS).isEmpty()) {
        throw Sources.unlabelled(options, LABELS);
      }
      labels = arrays(LABELS, 1, reading.hadoop());
      if (labels.size() != features.size()) {
        throw options.error(
            LABELS,
            "must be as many files as features, "
                + features.size()
                + ", they are "
                + labels.size());
      }
    }
    refuseOtherRows(features);
    refuseOtherRows(labels);
    List<NpyPair> pairs = new ArrayList<>();
    for (int f = 0; f < features.size(); f++) {
      pairs.add(pair(features.get(f), labels.isEmpty() ? null : labels.get(f)));
    }
    return new NpyTable(options, reading.hadoop(), List.copyOf(pairs));
  }

  private NpyPair pair(NpyArray features, @Nullable NpyArray labels) {
    if (labels != null && labels.header().rows() != features.header().rows()) {
      throw new DataException(
          options.path()
              + ": features and labels must be as many, got "
              + features.header().rows()
              + " in "
              + features.shown()
              + " and "
              + labels.header().rows()
              + " in "
              + labels.shown());
    }
    return new NpyPair(features, labels);
  }

  private static void refuseOtherRows(List<NpyArray> arrays) {
    for (NpyArray array : arrays) {
      NpyArray first = arrays.get(0);
      if (array.header().rowValues() != first.header().rowValues()
          || array.header().type().isByte() != first.header().type().isByte()) {
        throw new DataException(
            array.shown()
                + ": must have rows as "
                + first.shown()
                + ", "
                + first.header().shape()
                + ", got "
                + array.header().shape()
                + (array.header().rowValues() == first.header().rowValues()
                    ? " of another type"
                    : ""));
      }
    }
  }

  private List<NpyArray> arrays(Key<String> key, int number, Configuration hadoop) {
    return InputFile.find(options, key, hadoop).stream()
        .map(file -> NpyArray.open(file, member(file, key, number), hadoop))
        .toList();
  }

  private String member(InputFile file, Key<String> key, int number) {
    if (!file.path().endsWith(".npz")) {
      return "";
    }
    List<String> names = options.get(ARRAYS);
    if (names.size() <= number) {
      throw options.error(
          "must say with arrays: [NAME, NAME] which array of "
              + file.shown()
              + " holds the "
              + key.name());
    }
    return names.get(number);
  }
}
