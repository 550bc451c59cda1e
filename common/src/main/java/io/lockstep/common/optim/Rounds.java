package io.lockstep.common.optim;

import io.lockstep.common.layout.TensorSpec;

/**
 * What a clip or an update rule must know of whole tensors before it can change a chunk. In each
 * round every chunk adds to sums of its tensor; the sums are reduced in an order that knows nothing
 * of shards ({@link ChunkSums} within a chunk, {@link TensorSums} over chunks and tensors); the
 * totals are there in the next round and at the end.
 */
public interface Rounds {
  /** Rounds of sums; 0 where a chunk can be changed on its own. */
  default int rounds() {
    return 0;
  }

  /**
   * Sums of a tensor in a round, the same for all of its chunks.
   *
   * @param round from 0
   * @param chunkElements most elements of a chunk ({@link
   *     io.lockstep.common.layout.Layout#chunkElements}), for whoever needs less where chunks hold
   *     whole matrices
   */
  default int sums(int round, TensorSpec tensor, int chunkElements) {
    return 0;
  }

  /**
   * Adds a chunk to a round's sums; called once a chunk, round and update, also for tensors without
   * sums. May update the chunk's state and gradient, for instance moments, or keep there what the
   * end will use; must leave the parameters alone.
   *
   * @param round from 0
   * @param totals of the earlier rounds
   * @param sums receives the chunk's part, [sums of the round and tensor], overwritten
   */
  default void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    throw new IllegalStateException(getClass().getSimpleName() + " has no round " + round);
  }
}
