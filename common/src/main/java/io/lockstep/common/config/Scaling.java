package io.lockstep.common.config;

import java.util.List;
import java.util.Map;

/** How features are scaled before the model sees them. */
public sealed interface Scaling {
  /** The number that {@link Divide} divides by. */
  Key<Double> DIVIDE =
      Key.number(
          "divide",
          1,
          Range.POSITIVE,
          "every feature is divided by this number; 255 for images of bytes");

  /** Whether {@link Standardize} is meant. */
  Key<Boolean> STANDARDIZE =
      Key.flag(
          "standardize",
          false,
          "every feature less its mean, over its standard deviation, both of the training data");

  /** Its keys. */
  List<Key<?>> KEYS = List.of(DIVIDE, STANDARDIZE);

  /** Features as they are. */
  record None() implements Scaling {}

  /**
   * Features divided by a number.
   *
   * @param by above zero
   */
  record Divide(double by) implements Scaling {}

  /** Features with mean 0 and standard deviation 1 over the training data. */
  record Standardize() implements Scaling {}

  /** Reads {@code none}, {@code {divide: number}} or {@code {standardize: true}}. */
  static Scaling read(Options data, Key<Object> key) {
    Object plain = data.find(key);
    if (plain == null || plain.equals("none")) {
      return new None();
    }
    if (!(plain instanceof Map)) {
      throw data.error(key, "must be none, {divide: number} or {standardize: true}");
    }
    Options section = data.get(Key.section(key.name(), key.meaning()));
    section.allowOnly(KEYS);
    boolean standardize = section.get(STANDARDIZE);
    if (section.has(DIVIDE) && standardize) {
      throw section.error("must have divide or standardize, not both");
    }
    if (standardize) {
      return new Standardize();
    }
    return section.has(DIVIDE) ? new Divide(section.get(DIVIDE)) : new None();
  }

  /** As written in the configuration. */
  default Object plain() {
    if (this instanceof Divide divide) {
      return Map.of(DIVIDE.name(), divide.by());
    }
    return this instanceof Standardize ? Map.of(STANDARDIZE.name(), true) : "none";
  }
}
