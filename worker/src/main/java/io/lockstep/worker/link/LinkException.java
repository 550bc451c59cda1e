package io.lockstep.worker.link;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A server cannot be reached any more, or does not want this worker. */
public final class LinkException extends IOException {
  private final boolean refused;

  private LinkException(String message, boolean refused, @Nullable Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** The way to the server broke: try again, once the coordinator says where. */
  public static LinkException broken(String message, @Nullable Throwable cause) {
    return new LinkException(message, false, cause);
  }

  /** The server said no: another run, another incarnation, or a newer attempt took over. */
  public static LinkException refused(String message) {
    return new LinkException(message, true, null);
  }

  /** Whether the server said no; trying again as the same worker and attempt is of no use. */
  public boolean isRefused() {
    return refused;
  }
}
