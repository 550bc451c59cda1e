package io.lockstep.common.layout;

/**
 * How a tensor [2, channels] of running statistics follows the batches: its first row is the mean,
 * its second the variance of every channel.
 *
 * @param momentum part of a batch in the running statistics, in (0, 1]
 * @param valuesPerExample numbers of a channel that an example has: 1 for a feature, the positions
 *     of a sequence, the pixels of an image
 */
public record RunningMoments(double momentum, int valuesPerExample) {
  /** Checks the ranges. */
  public RunningMoments {
    if (!(momentum > 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum must be in (0, 1], got " + momentum);
    }
    if (valuesPerExample < 1) {
      throw new IllegalArgumentException("valuesPerExample must be >= 1, got " + valuesPerExample);
    }
  }
}
