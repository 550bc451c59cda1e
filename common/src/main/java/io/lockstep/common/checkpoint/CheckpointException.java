package io.lockstep.common.checkpoint;

/**
 * A checkpoint cannot be written, or read, or used for this run. The message names the checkpoint
 * and the file, what was expected and what is there.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * An error in a checkpoint itself.
   *
   * @param message what is wrong with which file
   */
  public CheckpointException(String message) {
    super(message);
  }

  /**
   * An error underneath.
   *
   * @param message what is wrong with which file
   * @param cause what was thrown underneath
   */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
