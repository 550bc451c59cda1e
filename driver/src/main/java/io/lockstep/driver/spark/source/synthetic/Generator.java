package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.random.RandomStream;
import java.io.Serializable;

/** Makes examples; immutable. What the task is, is the generator's alone, not the seed's. */
public interface Generator extends Serializable {
  /** How many features an example has. */
  int features();

  /** How many numbers its label has. */
  int labels();

  /** How many classes they are of; 0 where they are values to come near to. */
  int classes();

  /**
   * Makes one example.
   *
   * @param random the row's own numbers
   * @param features [features], overwritten
   * @param labels [labels], overwritten
   */
  void example(RandomStream random, float[] features, float[] labels);
}
