package io.lockstep.driver.coordinator;

import io.lockstep.driver.report.ServerHome;
import io.lockstep.driver.report.ValidationRecord;
import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param kind done, or why not
 * @param reason why, where it is not done
 * @param step the last complete checkpoint, 0 where there is none
 * @param workers tasks at the end
 * @param pids the workers' processes at the end, by worker
 * @param homes where servers lived at the end, outside of the driver
 * @param restarts processes or tasks that were lost on the way
 * @param reproducible whether all processes computed the same bits
 * @param fingerprint the first worker's; empty where none came
 * @param trainNanos from the first step to the last, validations left out
 * @param trainSteps steps made in that time
 * @param validation the last one
 * @param notes what the user should know
 */
public record Outcome(
    Kind kind,
    String reason,
    long step,
    int workers,
    List<Long> pids,
    List<ServerHome> homes,
    int restarts,
    boolean reproducible,
    String fingerprint,
    long trainNanos,
    long trainSteps,
    Optional<ValidationRecord> validation,
    List<String> notes) {
  /** How. */
  public enum Kind {
    /** All steps are made. */
    DONE,
    /** Who listens has seen enough. */
    ENOUGH,
    /** A loss or gradient is not finite. */
    NOT_FINITE,
    /** The run cannot go on. */
    FAILED,
    /** Somebody stopped it. */
    INTERRUPTED
  }

  /** Copies the lists. */
  public Outcome {
    pids = List.copyOf(pids);
    homes = List.copyOf(homes);
    notes = List.copyOf(notes);
  }
}
