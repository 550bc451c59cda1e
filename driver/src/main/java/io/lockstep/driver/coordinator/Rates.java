package io.lockstep.driver.coordinator;

import io.lockstep.common.schedule.Schedule;
import io.lockstep.driver.report.ValidationRecord;
import java.util.List;
import java.util.TreeMap;

/**
 * The schedule as it was after every validation: a step's rate follows from the validations up to
 * the parameters that the step begins with, a checkpoint's state from those before it.
 */
final class Rates {
  /** The metric that every validation has besides those of the network. */
  static final String LOSS = "loss";

  /** By the number of updates done; where the schedule looks at the step alone, one entry. */
  private final TreeMap<Long, Schedule> after = new TreeMap<>();

  /**
   * @param schedule as it is after the validations before {@code firstStep}
   * @param firstStep updates done
   */
  Rates(Schedule schedule, long firstStep) {
    after.put(firstStep - 1, schedule);
  }

  /** The rate of a step, which counts from 0. */
  double rate(long step) {
    return after.floorEntry(step).getValue().rate(step);
  }

  /** Whether steps wait for what validations come to. */
  boolean followValidations() {
    return after.firstEntry().getValue().metric() != null;
  }

  /** Takes a validation that has become complete. */
  void learn(ValidationRecord validation) {
    Schedule before = after.lowerEntry(validation.step()).getValue();
    String metric = before.metric();
    if (metric != null) {
      Double value =
          metric.equals(LOSS)
              ? Double.valueOf(validation.loss())
              : validation.metrics().get(metric);
      after.put(validation.step(), before.after(java.util.Objects.requireNonNull(value)));
    }
  }

  /** What the schedule had learned after the validation at a step. */
  List<Double> stateAfter(long step) {
    return after.floorEntry(step).getValue().state();
  }

  /** What it had learned before that: the validation at the step itself is made again on resume. */
  List<Double> stateBefore(long step) {
    return after.lowerEntry(step).getValue().state();
  }

  /** Forgets what is measured again when the run goes on from a step. */
  void cutBack(long step) {
    after.tailMap(step, true).clear();
  }
}
