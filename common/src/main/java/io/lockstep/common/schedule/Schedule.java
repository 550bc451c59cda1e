package io.lockstep.common.schedule;

import java.util.List;

/**
 * The learning rate of every step. Immutable, a pure function of the step and of the validation
 * metrics seen so far, computed with {@link StrictMath}, so that all machines agree. After its end
 * a schedule keeps its last value.
 *
 * <p>Most schedules look at the step alone. One that looks at metrics answers each with the
 * schedule that holds from the next step on; what it has learned is its {@link #state}, which goes
 * into checkpoints and to servers.
 *
 * <p>A new schedule is one file here, one line in {@link Schedules#REGISTRY} and one reference
 * case.
 */
public interface Schedule {
  /**
   * The rate of a step.
   *
   * @param step from 0
   */
  double rate(long step);

  /**
   * The schedule that holds after a validation metric was seen.
   *
   * @param metric smaller is better
   */
  default Schedule after(double metric) {
    return this;
  }

  /** What the schedule has learned from metrics; empty where it looks at the step alone. */
  default List<Double> state() {
    return List.of();
  }

  /**
   * The schedule as it was when it gave this state.
   *
   * @param state from {@link #state} of a schedule with the same settings
   */
  default Schedule restore(List<Double> state) {
    if (!state.isEmpty()) {
      throw new IllegalArgumentException(
          "this schedule has no state, got " + state + "; it is another schedule's");
    }
    return this;
  }
}
