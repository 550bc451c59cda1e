package io.lockstep.worker.link;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Closes a socket whose server has accepted the connection and then says nothing: a channel's own
 * reads wait for ever. The answer is in time where {@link #close} comes first.
 */
final class AnswerDeadline implements AutoCloseable {
  private final SocketChannel channel;
  private final long nanos;
  private final Thread thread;
  private boolean answered;
  private boolean missed;

  private AnswerDeadline(SocketChannel channel, Duration patience, String name) {
    this.channel = channel;
    this.nanos = patience.toNanos();
    this.thread = new Thread(this::watch, name);
    thread.setDaemon(true);
  }

  /** Begins to count; the channel is closed when the time is over. */
  static AnswerDeadline start(SocketChannel channel, Duration patience, String name) {
    AnswerDeadline deadline = new AnswerDeadline(channel, patience, name);
    deadline.thread.start();
    return deadline;
  }

  private synchronized void watch() {
    long end = System.nanoTime() + nanos;
    try {
      for (long left = nanos; !answered && left > 0; left = end - System.nanoTime()) {
        // Rounded up: a wait of 0 would be one without an end.
        wait(left / 1_000_000 + 1);
      }
      if (!answered) {
        missed = true;
        channel.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Nothing can be done with a socket that does not even close.
    }
  }

  /** Whether the time was over first. */
  synchronized boolean missed() {
    return missed;
  }

  /** The answer is there. */
  @Override
  public synchronized void close() {
    answered = true;
    notifyAll();
  }
}
