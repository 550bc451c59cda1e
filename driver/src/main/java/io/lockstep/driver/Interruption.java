package io.lockstep.driver;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and SIGTERM while a run is under way: asks the run to end, and keeps the process until it
 * has cleaned up, but not for longer than a few seconds.
 */
final class Interruption implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 8;

  private final CountDownLatch cleanedUp = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "lockstep-interruption");
  private @Nullable Runnable request;
  private boolean requested;

  private Interruption() {}

  /** Watches from now on, until it is closed. */
  static Interruption install() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** What asks the run to end; done at once where the process is ending already. */
  void onRequest(Runnable newRequest) {
    boolean now;
    synchronized (this) {
      request = newRequest;
      now = requested;
    }
    if (now) {
      newRequest.run();
    }
  }

  private void interrupted() {
    Runnable present;
    synchronized (this) {
      requested = true;
      present = request;
    }
    if (present != null) {
      present.run();
    }
    try {
      boolean unused = cleanedUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    cleanedUp.countDown();
    synchronized (this) {
      if (requested) {
        return;
      }
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process has begun to end in this very moment; the hook finds everything cleaned up.
    }
  }
}
