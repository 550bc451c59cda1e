package io.lockstep.driver.server.shard;

/**
 * Why a step cannot be applied: the run must stop.
 *
 * @param step from 0
 * @param reason such as {@code gradient of hidden1.W, element 17, must be finite, got NaN}
 * @param isNotFinite whether a value that is not finite is the reason
 */
public record StepFailure(long step, String reason, boolean isNotFinite) {
  /**
   * A value that breaks a rule.
   *
   * @param rule with what it is about, such as {@code sum of losses must be finite}
   * @param value as found
   */
  static StepFailure of(long step, String rule, double value) {
    return new StepFailure(step, rule + ", got " + value, !Double.isFinite(value));
  }

  /** One sentence; users count steps from 1. */
  public String message() {
    return "step " + (step + 1) + ": " + reason;
  }
}
