package io.lockstep.common.schedule;

import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * The same rate in every step.
 *
 * @param rate the rate
 */
record Constant(double rate) implements Schedule {
  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "constant",
          "The same rate in every step.",
          List.of(),
          options -> span -> new Constant(span.learningRate()));

  @Override
  public double rate(long step) {
    return rate;
  }
}
