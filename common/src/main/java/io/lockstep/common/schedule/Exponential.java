package io.lockstep.common.schedule;

import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Smaller by the same factor in every step, as {@code torch.optim.lr_scheduler.ExponentialLR}:
 *
 * <pre>
 * rate(t) = learningRate factor^t
 * </pre>
 */
record Exponential(double learningRate, double factor) implements Schedule {
  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "exponential",
          "Multiplied by a factor in every step.",
          List.of(Span.FACTOR),
          options -> span -> new Exponential(span.learningRate(), options.get(Span.FACTOR)));

  @Override
  public double rate(long step) {
    return learningRate * StrictMath.pow(factor, (double) step);
  }
}
