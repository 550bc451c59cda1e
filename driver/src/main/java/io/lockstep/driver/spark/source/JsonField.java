package io.lockstep.driver.spark.source;

import java.io.Serializable;

/**
 * A field of every line's object.
 *
 * @param use what its numbers are
 * @param name as the object has it
 * @param offset the place of its first number among all features, or all numbers of a label
 * @param width how many numbers it holds, arrays within each other taken in order
 */
record JsonField(Use use, String name, int offset, int width) implements Serializable {
  /** What numbers are for. */
  enum Use {
    FEATURE,
    LABEL,
    WEIGHT
  }
}
