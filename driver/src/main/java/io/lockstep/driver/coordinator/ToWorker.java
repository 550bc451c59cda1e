package io.lockstep.driver.coordinator;

import io.lockstep.worker.link.ServerAddress;
import java.util.List;

/** What a worker's task is told by the coordinator. */
public sealed interface ToWorker {
  /** Go on with these servers. */
  record Begin(int incarnation, List<ServerAddress> servers) implements ToWorker {}

  /**
   * The validation sums after so many updates have arrived.
   *
   * @param schedule what the schedule has learned; empty where it looks at the step alone
   */
  record Validated(long step, List<Double> schedule) implements ToWorker {}

  /** The run is over, for this task; it ends as done. */
  record Stop(String reason) implements ToWorker {}

  /** This task may not take part; it ends as failed. */
  record Refused(String reason) implements ToWorker {}
}
