package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What labels mean: {@code data.labels}.
 *
 * @param kind what they are
 * @param classes number of classes, at least 2; 0 where labels are no classes
 * @param names the label of each class as the source has it; empty where labels are the numbers
 *     from 0
 */
public record LabelsSection(Kind kind, int classes, List<String> names) {
  /** What labels are. */
  public enum Kind {
    /** Each number of a label is a class; among several, -1 is none. */
    CLASSES,
    /** Each number of a label is a value to come near to. */
    VALUES,
    /** There are none: the loss compares with something of the model, or of the input. */
    NONE
  }

  /** No labels. */
  public static final LabelsSection NONE = new LabelsSection(Kind.NONE, 0, List.of());

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

  /** Whether there are no labels. */
  public static final Key<Boolean> WITHOUT =
      Key.flag("none", false, "there are no labels: the loss compares with the input or a layer");

  /** Names of the classes. */
  public static final Key<List<String>> NAMES =
      Key.texts("names", List.of(), List.of(), "labels as the source writes them, class 0 first");

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(CLASSES, REGRESSION, WITHOUT, NAMES);

  /** Copies the names. */
  public LabelsSection {
    names = List.copyOf(names);
  }

  /**
   * Classes, or values where there are none.
   *
   * @param classes number of classes; 0 for values
   */
  public LabelsSection(int classes, List<String> names) {
    this(classes == 0 ? Kind.VALUES : Kind.CLASSES, classes, names);
  }

  /** Whether labels are numbers to come near to. */
  public boolean regression() {
    return kind == Kind.VALUES;
  }

  /** Whether labels are classes. */
  public boolean classified() {
    return kind == Kind.CLASSES;
  }

  /** Whether there are no labels. */
  public boolean none() {
    return kind == Kind.NONE;
  }

  static LabelsSection read(Options options) {
    options.allowOnly(KEYS);
    List<String> names = options.get(NAMES);
    boolean classified = options.has(CLASSES) || options.has(NAMES);
    int kinds =
        (classified ? 1 : 0) + (options.get(REGRESSION) ? 1 : 0) + (options.get(WITHOUT) ? 1 : 0);
    if (kinds != 1) {
      throw options.error("must have either classes: number, regression: true or none: true");
    }
    if (options.get(WITHOUT)) {
      return NONE;
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
    switch (kind) {
      case NONE -> plain.put(WITHOUT.name(), true);
      case VALUES -> plain.put(REGRESSION.name(), true);
      case CLASSES -> {
        plain.put(CLASSES.name(), classes);
        if (!names.isEmpty()) {
          plain.put(NAMES.name(), names);
        }
      }
    }
    return plain;
  }
}
