package io.lockstep.driver.spark;

/** A task may not take part any more; Spark counts it as failed. */
final class TaskEndedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TaskEndedException(String message) {
    super(message);
  }
}
