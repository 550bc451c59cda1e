package io.lockstep.driver.server.shard;

import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.common.tree.Scalars;
import org.jspecify.annotations.Nullable;

/**
 * What a server knows of a step that it has applied.
 *
 * @param step from 0; the parameters are now of version step + 1
 * @param batch the sums over the batch
 * @param firstChunk the number of the shard's first chunk in the layout
 * @param gradientSquares [chunk of the shard], the sum of squares of the mean gradient, before
 *     clipping; not finite where the step was skipped
 * @param scaled what the loss scale did; null without one
 */
@SuppressWarnings("ArrayRecordComponent") // a message, never compared
public record StepReport(
    long step,
    Scalars batch,
    int firstChunk,
    double[] gradientSquares,
    @Nullable ScaledStep scaled) {
  /** The mean loss over the batch. */
  public double loss() {
    return batch.loss() / batch.weight();
  }
}
