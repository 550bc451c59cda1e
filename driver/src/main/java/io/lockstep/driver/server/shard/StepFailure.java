package io.lockstep.driver.server.shard;

/**
 * Why a step cannot be applied: the run must stop.
 *
 * @param step from 0
 * @param what and rule, such as {@code gradient of hidden1.W, element 17, must be finite}
 * @param value as found
 */
public record StepFailure(long step, String what, double value) {
  /** One sentence. */
  public String message() {
    return "step " + step + ": " + what + ", got " + value;
  }
}
