package io.lockstep.common.schedule;

import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * The validation metric that the schedule looks at: {@code loss}, or the name of one of the
   * network's metrics.
   *
   * @return null where it looks at the step alone
   */
  default @Nullable String metric() {
    return null;
  }

  /**
   * The schedule that holds after its metric was measured: from the step that begins with the
   * measured parameters.
   *
   * @param value of {@link #metric}
   */
  default Schedule after(double value) {
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
