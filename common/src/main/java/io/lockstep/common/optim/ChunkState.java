package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;

/**
 * One chunk at its server: what an update rule works on. All arrays are indexed from 0 to {@code
 * chunk.length()} by the same index, which is what lets C2 vectorise a rule's loop; an array may be
 * longer than the chunk.
 *
 * @param tensor the tensor that the chunk belongs to
 * @param chunk where it lies
 * @param parameters [length], updated in place
 * @param gradient [length], the mean over the batch after clipping; may be overwritten by {@link
 *     UpdateRule#apply}, not by a round
 * @param state the rule's arrays, each [length], updated in place
 */
public record ChunkState(
    TensorSpec tensor, Chunk chunk, float[] parameters, float[] gradient, float[][] state) {
  /** Elements of the chunk. */
  public int length() {
    return chunk.length();
  }
}
