package io.lockstep.driver.range;

import io.lockstep.common.config.ConfigurationException;

/**
 * How a range test goes.
 *
 * @param from the first step's rate
 * @param to the last step's rate, if the loss does not explode before
 * @param steps how many there are at most
 * @param smoothing the part of the moving average of the loss that a step keeps
 * @param explosion the smoothed loss over the best smoothed loss above which the test ends
 */
public record RangeSettings(double from, double to, int steps, double smoothing, double explosion) {
  /** Fewer points make no curve. */
  public static final int LEAST_STEPS = 10;

  /** More are slow to draw and tell no more. */
  public static final int MOST_STEPS = 10_000;

  /**
   * Checks them.
   *
   * @throws ConfigurationException naming the option as the command line has it
   */
  public RangeSettings {
    require(from > 0 && Double.isFinite(from), "--from must be finite and > 0, got " + from);
    require(
        to > from && Double.isFinite(to),
        "--to must be finite and above --from " + from + ", got " + to);
    require(
        steps >= LEAST_STEPS && steps <= MOST_STEPS,
        "--steps must be in [" + LEAST_STEPS + ", " + MOST_STEPS + "], got " + steps);
    require(smoothing >= 0 && smoothing < 1, "--smoothing must be in [0, 1), got " + smoothing);
    require(
        explosion > 1 && Double.isFinite(explosion),
        "--explosion must be finite and > 1, got " + explosion);
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new ConfigurationException(rule);
    }
  }
}
