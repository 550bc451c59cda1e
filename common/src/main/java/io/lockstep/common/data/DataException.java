package io.lockstep.common.data;

/**
 * The data are wrong, or are no longer what they were. The message names file and row, the rule,
 * the value and the way out; it is shown to the user as it is, without a stack trace.
 */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong and how to mend it
   */
  public DataException(String message) {
    super(message);
  }

  /**
   * @param message what is wrong and how to mend it
   * @param cause what was thrown underneath
   */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
