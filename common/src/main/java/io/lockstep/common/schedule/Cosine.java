package io.lockstep.common.schedule;

import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Down to the minimum along half a cosine (Loshchilov, Hutter 2017, "SGDR", equation 5, without
 * restarts), as {@code torch.optim.lr_scheduler.CosineAnnealingLR} within one period:
 *
 * <pre>
 * rate(t) = minimum + (learningRate - minimum) (1 + cos(pi min(t, steps) / steps)) / 2
 * </pre>
 */
record Cosine(double learningRate, double minimum, long steps) implements Schedule {
  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "cosine",
          "Down along half a cosine (Loshchilov, Hutter 2017).",
          List.of(Span.STEPS, Span.MINIMUM),
          options ->
              span -> new Cosine(span.learningRate(), span.minimum(options), span.steps(options)));

  @Override
  public double rate(long step) {
    double part = (double) Math.min(step, steps) / steps;
    return between(learningRate, minimum, part);
  }

  /** From {@code start} at part 0 to {@code end} at part 1. */
  static double between(double start, double end, double part) {
    return end + (start - end) * (1 + StrictMath.cos(Math.PI * part)) / 2;
  }
}
