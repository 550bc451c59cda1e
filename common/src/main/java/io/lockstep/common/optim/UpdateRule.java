package io.lockstep.common.optim;

import io.lockstep.common.layout.TensorSpec;

/**
 * How a step changes the parameters. A rule is pure arithmetic over chunks; it never sees a server,
 * a shard or another chunk. What it needs to know of a whole tensor it asks for in <em>rounds</em>:
 * in each round every chunk adds to sums of its tensor, the sums are reduced in an order that does
 * not depend on shards (within a chunk in index order, over a tensor's chunks by a binary tree),
 * and the totals are there in the next round and in {@link #apply}.
 *
 * <p>A rule without rounds is applied to each chunk as soon as its gradient is complete; a rule
 * with rounds waits for all chunks. Instances are immutable and shared by threads.
 */
public interface UpdateRule {
  /** Arrays of state that the rule keeps, each as long as the parameters, zero at the start. */
  int stateArrays();

  /** What the state arrays hold, for checkpoints, such as {@code m} and {@code v}. */
  java.util.List<String> stateNames();

  /**
   * Sets a chunk's state before the first update, where zeros will not do.
   *
   * @param chunk with the first parameters; its gradient is not set
   */
  default void initialize(ChunkState chunk) {}

  /** Rounds of sums before {@link #apply}. */
  default int rounds() {
    return 0;
  }

  /** Sums of a tensor in a round. */
  default int sums(int round, TensorSpec tensor) {
    return 0;
  }

  /**
   * Adds a chunk to a round's sums. May update the chunk's state arrays, for instance moments, or
   * keep there what apply will use; is called once a chunk, round and update.
   *
   * @param round from 0
   * @param totals of this tensor in the earlier rounds, [round][sum]
   * @param sums receives the chunk's part, [sums(round, tensor)], zero before
   */
  default void round(int round, ChunkState chunk, Update update, double[][] totals, double[] sums) {
    throw new IllegalStateException(this + " has no round " + round);
  }

  /**
   * Updates a chunk's parameters and state.
   *
   * @param totals of this tensor, [round][sum]
   */
  void apply(ChunkState chunk, Update update, double[][] totals);
}
