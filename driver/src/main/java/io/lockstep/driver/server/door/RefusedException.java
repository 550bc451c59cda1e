package io.lockstep.driver.server.door;

/** A driver does not let this process in, and will not later. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedException(String reason) {
    super(reason);
  }
}
