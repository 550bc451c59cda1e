package io.lockstep.driver;

/** A run could not go on, or was stopped. What it has written down so far stays readable. */
public final class RunFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A run that ended early.
   *
   * @param message why, and what is left
   */
  public RunFailedException(String message) {
    super(message);
  }
}
