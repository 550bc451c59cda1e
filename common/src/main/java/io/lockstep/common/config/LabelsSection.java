package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What labels mean: {@code data.labels}.
 *
 * @param classes number of classes, at least 2; 0 for regression
 * @param names the label of each class as the source has it; empty where labels are the numbers
 *     from 0
 */
public record LabelsSection(int classes, List<String> names) {
  /** Number of classes. */
  public static final Key<Integer> CLASSES =
      Key.integer(
          "classes",
          0,
          Range.closed(2, 1 << 24),
          "number of classes; labels are whole numbers from 0, or the names");

  /** Whether labels are numbers to come near to. */
  public static final Key<Boolean> REGRESSION =
      Key.flag("regression", false, "labels are numbers to come near to, not classes");

  /** Names of the classes. */
  public static final Key<List<String>> NAMES =
      Key.texts("names", List.of(), List.of(), "labels as the source writes them, class 0 first");

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(CLASSES, REGRESSION, NAMES);

  /** Copies the names. */
  public LabelsSection {
    names = List.copyOf(names);
  }

  /** Whether labels are numbers to come near to. */
  public boolean regression() {
    return classes == 0;
  }

  static LabelsSection read(Options options) {
    options.allowOnly(KEYS);
    List<String> names = options.get(NAMES);
    boolean classified = options.has(CLASSES) || options.has(NAMES);
    if (classified == options.get(REGRESSION)) {
      throw options.error("must have either classes: number or regression: true");
    }
    if (names.stream().distinct().count() != names.size()) {
      throw options.error(NAMES, "must differ from each other");
    }
    if (options.has(NAMES) && names.size() < 2) {
      throw options.error(NAMES, "must be at least 2");
    }
    int classes = options.has(CLASSES) ? options.get(CLASSES) : names.size();
    if (options.has(NAMES) && classes != names.size()) {
      throw options.error(CLASSES, "must be the number of names (" + names.size() + ")");
    }
    return new LabelsSection(classes, names);
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    if (regression()) {
      plain.put(REGRESSION.name(), true);
    } else {
      plain.put(CLASSES.name(), classes);
      if (!names.isEmpty()) {
        plain.put(NAMES.name(), names);
      }
    }
    return plain;
  }
}
