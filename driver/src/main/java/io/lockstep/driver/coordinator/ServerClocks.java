package io.lockstep.driver.coordinator;

import java.util.HashMap;
import java.util.Map;

/**
 * Brings the servers' times to the coordinator's clock, so that a step's time is when it was
 * applied and not when busy cores let the coordinator hear of it. A clock's offset is the least
 * difference between hearing and saying so far: that of the message that was fastest (Cristian
 * 1989). Within one process it soon is next to nothing.
 */
final class ServerClocks {
  private record Server(int incarnation, int number) {}

  private final Map<Server, Long> offsets = new HashMap<>();

  /**
   * When the step was applied.
   *
   * @param heard when the message came
   * @return at most {@code heard}, in the coordinator's time
   */
  long toOwn(ToCoordinator.StepApplied applied, long heard) {
    long offset =
        offsets.merge(
            new Server(applied.incarnation(), applied.server()),
            heard - applied.nanos(),
            Math::min);
    return applied.nanos() + offset;
  }
}
