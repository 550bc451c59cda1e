package io.lockstep.driver.spark;

import org.jspecify.annotations.Nullable;

/** Executor and driver do not reach each other; the message says what to set. */
final class UnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreachableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
