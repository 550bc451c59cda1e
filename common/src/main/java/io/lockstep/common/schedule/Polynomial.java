package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Down to the minimum along a power of the steps that are left; linear with power 1. With a minimum
 * of 0 it is {@code torch.optim.lr_scheduler.PolynomialLR}:
 *
 * <pre>
 * rate(t) = minimum + (learningRate - minimum) (1 - min(t, steps) / steps)^power
 * </pre>
 */
record Polynomial(double learningRate, double minimum, long steps, double power)
    implements Schedule {
  private static final Key<Double> POWER =
      Key.number("power", 1, Range.POSITIVE, "1 is a straight line, above 1 falls early");

  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "polynomial",
          "Down along a power of the steps that are left.",
          List.of(Span.STEPS, POWER, Span.MINIMUM),
          options ->
              span ->
                  new Polynomial(
                      span.learningRate(),
                      span.minimum(options),
                      span.steps(options),
                      options.get(POWER)));

  static final Registry.Entry<ScheduleFactory> LINEAR =
      new Registry.Entry<>(
          "linear",
          "Down in a straight line.",
          List.of(Span.STEPS, Span.MINIMUM),
          options ->
              span ->
                  new Polynomial(
                      span.learningRate(), span.minimum(options), span.steps(options), 1));

  @Override
  public double rate(long step) {
    double left = 1 - (double) Math.min(step, steps) / steps;
    return minimum + (learningRate - minimum) * StrictMath.pow(left, power);
  }
}
