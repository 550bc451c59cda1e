package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Up by the same factor in every step, for the learning-rate range test (Smith 2015, "Cyclical
 * learning rates for training neural networks", section 3.3; exponentially as fastai's {@code
 * lr_find} has it):
 *
 * <pre>
 * rate(t) = learningRate (from / learningRate)^(1 - t / (steps - 1))
 * </pre>
 *
 * which is {@code from} in the first step and {@code learningRate}, exactly, in the last.
 */
record RateRange(double from, double learningRate, long steps) implements Schedule {
  private static final Key<Double> FROM =
      Key.number("from", 0, Range.POSITIVE, "the first step's rate, not above the configured one")
          .required();

  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "range",
          "Up by the same factor in every step, as lr-range does (Smith 2015).",
          List.of(FROM, Span.STEPS),
          options ->
              span -> {
                double from = options.get(FROM);
                if (from > span.learningRate()) {
                  throw options.error(
                      FROM, "must be <= optimizer.learningRate " + span.learningRate());
                }
                return new RateRange(from, span.learningRate(), span.steps(options));
              });

  @Override
  public double rate(long step) {
    long last = steps - 1;
    if (step >= last) {
      return learningRate;
    }
    return learningRate * StrictMath.pow(from / learningRate, 1 - (double) step / last);
  }
}
