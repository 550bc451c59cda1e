package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;

/**
 * The part of a run that a schedule is for: what comes after the warm-up.
 *
 * @param learningRate the configured rate, which the warm-up ends with
 * @param warmupSteps steps before the schedule's own step 0; 0 without a warm-up
 * @param steps the rest of the run, at least 1
 */
public record Span(double learningRate, long warmupSteps, long steps) {
  /** How long a schedule takes, for those that end. */
  static final Key<Long> STEPS =
      Key.longInteger(
          "steps",
          0,
          Range.closed(1, Double.POSITIVE_INFINITY),
          "its own steps, after the warm-up; the rest of the run where it is not written");

  /** Where a schedule ends or turns. */
  static final Key<Double> MINIMUM =
      Key.number("minimum", 0, Range.NOT_NEGATIVE, "the smallest rate");

  /** The factor of schedules that go down by steps. */
  static final Key<Double> FACTOR =
      Key.number("factor", 1, new Range(0, true, 1, false), "what the rate is multiplied by")
          .required();

  /** As long as the settings say, or to the end of the run. */
  long steps(Options options) {
    return options.has(STEPS) ? options.get(STEPS) : steps;
  }

  /** The settings' smallest rate, which must not lie above the run's. */
  double minimum(Options options) {
    double minimum = options.get(MINIMUM);
    if (minimum > learningRate) {
      throw options.error(MINIMUM, "must be <= optimizer.learningRate " + learningRate);
    }
    return minimum;
  }
}
