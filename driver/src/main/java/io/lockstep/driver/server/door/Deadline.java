package io.lockstep.driver.server.door;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time that a conversation may take, however it is dragged out: at its end the socket is
 * closed, and whoever connects, reads or writes there fails.
 */
final class Deadline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deadline.class);

  private final CompletableFuture<Void> met = new CompletableFuture<>();

  private Deadline() {}

  /** From now on. */
  static Deadline of(Socket socket, Duration time) {
    Deadline deadline = new Deadline();
    CompletableFuture<Void> unused =
        deadline
            .met
            .orTimeout(time.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (nothing, late) -> {
                  if (late != null) {
                    end(socket);
                  }
                });
    return deadline;
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.info("a connection that took too long could not be closed: {}", e.toString());
    }
  }

  /** Whether the socket was closed. */
  boolean passed() {
    return met.isCompletedExceptionally();
  }

  /** The conversation is over in time, unless the deadline has passed. */
  @Override
  public void close() {
    met.complete(null);
  }
}
