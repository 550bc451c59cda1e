package io.lockstep.driver.coordinator;

import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.ValidationRecord;
import io.lockstep.worker.link.ServerAddress;
import java.util.List;

/** What {@link Run} decides and somebody else does, in order. */
public sealed interface Action {
  /** Have a place host these servers and no others. */
  record Host(Site site, int incarnation, long step, List<Integer> servers) implements Action {}

  /** Send a server process away. */
  record Dismiss(int process, String reason) implements Action {}

  /** Tell a worker to go on with these servers. */
  record Begin(int worker, int incarnation, List<ServerAddress> servers) implements Action {}

  /**
   * Tell a worker that its validation sums have arrived.
   *
   * @param schedule what the schedule has learned; empty where it looks at the step alone
   */
  record Validated(int worker, long step, List<Double> schedule) implements Action {}

  /** Tell the task that has just asked to join that it may not. */
  record Refuse(String reason) implements Action {}

  /** Hand the totals of a round to all hosts of servers. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record HandTotals(int incarnation, long step, int round, double[][] totals) implements Action {}

  /** Write a step down. */
  record Report(StepRecord step) implements Action {}

  /** Write a validation down. */
  record ReportValidation(ValidationRecord validation) implements Action {}

  /**
   * Make a checkpoint exist, all of whose shards are written; then prune.
   *
   * @param canary of what computed it, or {@link Run#MIXED}
   * @param schedule what the schedule has learned before the step
   * @param noise the averages of the gradient's noise
   */
  record Publish(
      long step, List<ShardEntry> shards, String canary, List<Double> schedule, NoiseAverages noise)
      implements Action {}

  /** Forget everything after a step. */
  record CutBack(long step) implements Action {}

  /** Tell the user that something was lost and the run goes on. */
  record Restarted(int restarts, String reason) implements Action {}

  /** Tell the user something. */
  record Note(String message) implements Action {}

  /**
   * All workers are there and training begins, or goes on with another number of them.
   *
   * @param step updates already made
   * @param fingerprint of the first worker
   * @param canary of the run
   */
  record Started(int workers, long step, String fingerprint, String canary) implements Action {}

  /** Cancel the Spark job and submit another with so many tasks. */
  record Resubmit(int submission, int workers) implements Action {}

  /** The run is over: tell all workers and hosts of servers to end. */
  record End(Outcome outcome) implements Action {}
}
