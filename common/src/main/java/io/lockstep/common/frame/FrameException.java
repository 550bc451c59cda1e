package io.lockstep.common.frame;

import java.io.IOException;

/** Bytes that are no frame, or not one that may come here. */
public final class FrameException extends IOException {
  /**
   * @param message rule and value
   */
  public FrameException(String message) {
    super(message);
  }
}
