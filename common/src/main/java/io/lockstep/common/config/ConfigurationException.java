package io.lockstep.common.config;

/**
 * The configuration or the command line is wrong. The message says who, the rule, the value and the
 * way out; it is shown to the user as it is, without a stack trace.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * An error that was found by looking at the configuration.
   *
   * @param message what is wrong and how to mend it
   */
  public ConfigurationException(String message) {
    super(message);
  }

  /**
   * An error that something underneath reported.
   *
   * @param message what is wrong and how to mend it
   * @param cause what was thrown underneath
   */
  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
