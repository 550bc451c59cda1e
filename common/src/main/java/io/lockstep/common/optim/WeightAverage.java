package io.lockstep.common.optim;

/**
 * An average of the parameters, kept beside them in an array of its own, chunk by chunk. It changes
 * nothing of the training. Instances are immutable and shared by threads; what happens after an
 * update depends on the update's number alone.
 *
 * <p>A new average is one file in {@code optim.average} and one line in {@code
 * optim.average.Averages}.
 */
@FunctionalInterface
public interface WeightAverage {
  /** Keeps nothing. */
  WeightAverage NONE = (number, n, parameters, average) -> {};

  /**
   * Takes the parameters in after an update.
   *
   * @param number of the update, from 1
   * @param n elements of the chunk
   * @param parameters [n], not modified
   * @param average [n], updated in place; before the first update the first parameters
   */
  void take(long number, int n, float[] parameters, float[] average);
}
