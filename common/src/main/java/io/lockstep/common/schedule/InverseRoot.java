package io.lockstep.common.schedule;

import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Down with the root of the steps (Vaswani et al. 2017, "Attention is all you need", equation 3),
 * scaled so that the warm-up ends at the rate. With t from the end of the warm-up:
 *
 * <pre>
 * rate(t) = learningRate sqrt(warmupSteps / (warmupSteps + t))      warmupSteps = 1 without one
 * </pre>
 */
record InverseRoot(double learningRate, long warmupSteps) implements Schedule {
  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "inverse-root",
          "Down with the root of the steps (Vaswani 2017).",
          List.of(),
          options -> span -> new InverseRoot(span.learningRate(), Math.max(1, span.warmupSteps())));

  @Override
  public double rate(long step) {
    return learningRate * Math.sqrt((double) warmupSteps / (warmupSteps + step));
  }
}
