package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;

/** The keys that several generators have. */
final class GeneratorKeys {
  static final Key<Long> TASK =
      Key.longInteger("task", 0, Range.FINITE, "which task; training and validation need the same");

  private GeneratorKeys() {}

  static Key<Double> noise(double otherwise, String meaning) {
    return Key.number("noise", otherwise, Range.NOT_NEGATIVE, meaning);
  }
}
