package io.lockstep.driver.server.shard;

/** What follows from what came in; {@link ParameterShard} calls it within its own methods. */
public interface ShardEvents {
  /**
   * A chunk has a new version, to be sent.
   *
   * @param index of the chunk within the shard
   */
  void chunkReady(int index, long version);

  /** A round's sums of all chunks of the shard are there; {@link ParameterShard#totals} goes on. */
  void roundReady(RoundSums sums);

  /** All chunks of a step are applied; the last of them gets ready when this returns. */
  void stepDone(StepReport report);

  /** A step cannot be applied; from now on the shard takes nothing. */
  void failed(StepFailure failure);
}
