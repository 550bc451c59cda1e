package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Stairs of equal width, as {@code torch.optim.lr_scheduler.StepLR}:
 *
 * <pre>
 * rate(t) = learningRate factor^floor(t / every)
 * </pre>
 */
record Stepwise(double learningRate, long every, double factor) implements Schedule {
  private static final Key<Long> EVERY =
      Key.longInteger(
              "every", 1, Range.closed(1, Double.POSITIVE_INFINITY), "steps between two changes")
          .required();

  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "step",
          "Multiplied by a factor every so many steps.",
          List.of(EVERY, Span.FACTOR),
          options ->
              span ->
                  new Stepwise(span.learningRate(), options.get(EVERY), options.get(Span.FACTOR)));

  @Override
  public double rate(long step) {
    long changes = step / every;
    return learningRate * StrictMath.pow(factor, (double) changes);
  }
}
