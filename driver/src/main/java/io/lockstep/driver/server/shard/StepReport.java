package io.lockstep.driver.server.shard;

/**
 * What a server knows of a step that it has applied.
 *
 * @param step from 0; the parameters are now of version step + 1
 * @param lossSum over the batch, the sum of weight times loss
 * @param weightSum over the batch, the sum of weights
 * @param firstChunk the number of the shard's first chunk in the layout
 * @param gradientSquares [chunk of the shard], the sum of squares of the mean gradient, before
 *     clipping
 */
@SuppressWarnings("ArrayRecordComponent") // a message, never compared
public record StepReport(
    long step, double lossSum, double weightSum, int firstChunk, double[] gradientSquares) {
  /** The mean loss over the batch. */
  public double loss() {
    return lossSum / weightSum;
  }
}
