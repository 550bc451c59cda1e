package io.lockstep.driver.server.link;

import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepFailure;
import io.lockstep.driver.server.shard.StepReport;

/**
 * What a server tells the control side. Called by the server's own threads, or by a worker's where
 * that is in the same process; one call at a time for each of {@code stepDone}, {@code roundReady}.
 * An implementation that forwards to an actor returns at once; only {@link #stepDone} may take its
 * time.
 */
public interface ServerEvents {
  /**
   * All chunks of a step are applied, and the last one has not been sent yet: no worker can begin
   * the next step before this returns, so a checkpoint is taken here ({@code
   * ParameterShard.forEachChunk}).
   */
  void stepDone(StepReport report);

  /**
   * This server's part of a round of sums: reduce it with the parts of all servers and call {@link
   * ParameterServer#totals} on each. {@link LocalRounds} does it for a server that is alone.
   */
  void roundReady(RoundSums sums);

  /** A step cannot be applied; nothing of it will be, where it failed. The run must stop. */
  void failed(StepFailure failure);

  /** A worker is connected. */
  default void workerJoined(int worker, long attempt) {}

  /** So many bytes came over a worker's socket. */
  default void received(long bytes) {}

  /** So many bytes went over a worker's socket. */
  default void sent(long bytes) {}

  /** A worker's connection ended, for whatever reason. */
  default void workerLeft(int worker, long attempt, String why) {}
}
