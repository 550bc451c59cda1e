package io.lockstep.driver.server.process;

import io.lockstep.driver.server.door.RefusedException;
import io.lockstep.driver.server.door.Visit;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that hosts servers: asks for a driver until one answers, hosts servers of its run, and
 * ends with it, or asks again.
 */
public final class ServerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
  private static final Duration ASK_EVERY = Duration.ofMillis(500);
  private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);

  /**
   * Enough for a driver that is there: so much beyond the user's time the last attempt may take.
   */
  private static final Duration SHORTEST_ATTEMPT = Duration.ofMillis(200);

  private static final Duration SAY_EVERY = Duration.ofMinutes(1);
  private static final Duration CLEAN_UP = Duration.ofSeconds(5);
  private static final Duration AFTER_DISMISSAL = Duration.ofSeconds(5);

  private final Invitation invitation;
  private final String build;
  private final Consumer<String> says;
  private final CountDownLatch toEnd = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Socket attempt;
  private volatile @Nullable Visit present;

  /**
   * Not asking yet.
   *
   * @param build this process's version, which must be the driver's
   * @param says what the user reads, a line each
   */
  public ServerProcess(Invitation invitation, String build, Consumer<String> says) {
    this.invitation = invitation;
    this.build = build;
    this.says = says;
  }

  /**
   * Asks and hosts.
   *
   * @return whether the last run is done; with {@code forever} it returns only where a driver has
   *     refused it, none came in time, or it is interrupted
   */
  public boolean run() {
    try {
      while (true) {
        Optional<Visit> visit = ask();
        if (visit.isEmpty()) {
          return false;
        }
        Visit.Kind kind = serve(visit.get());
        if (!invitation.forever() || isToEnd()) {
          return kind == Visit.Kind.DONE;
        }
        if (kind == Visit.Kind.DISMISSED && endsWithin(AFTER_DISMISSAL)) {
          return false;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (RefusedException e) {
      says.accept("the driver at " + invitation.driver() + " refuses: " + e.getMessage());
      return false;
    } finally {
      ended.countDown();
    }
  }

  /** Ends it soon, from another thread, having told the driver; waits for that a few seconds. */
  public void end(String reason) {
    toEnd.countDown();
    abandon(attempt);
    leave(present, reason);
    try {
      boolean unused = ended.await(CLEAN_UP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isToEnd() {
    return toEnd.getCount() == 0;
  }

  /** Waits so long, or until it is told to end. */
  private boolean endsWithin(Duration time) throws InterruptedException {
    return toEnd.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void abandon(@Nullable Socket attempt) {
    if (attempt != null) {
      try {
        attempt.close();
      } catch (IOException e) {
        LOG.info("an attempt to reach the driver could not be ended: {}", e.toString());
      }
    }
  }

  private static void leave(@Nullable Visit visit, String reason) {
    if (visit != null) {
      visit.leave(reason);
      visit.close();
    }
  }

  /** Until a driver answers; empty where none does in time, or the process is to end. */
  private Optional<Visit> ask() throws InterruptedException, RefusedException {
    long begin = System.nanoTime();
    long said = 0;
    boolean saidOnce = false;
    while (!isToEnd()) {
      Duration rest = rest(begin);
      try {
        return Optional.of(visit(shorter(LONGEST_ATTEMPT, longer(SHORTEST_ATTEMPT, rest))));
      } catch (IOException e) {
        rest = rest(begin);
        if (!isToEnd() && rest.compareTo(Duration.ZERO) <= 0) {
          says.accept(
              "no driver at " + invitation.driver() + " within --wait, the last time: " + words(e));
          return Optional.empty();
        }
        if (!isToEnd() && (!saidOnce || System.nanoTime() - said >= SAY_EVERY.toNanos())) {
          says.accept("waiting for a driver at " + invitation.driver() + ": " + words(e));
          said = System.nanoTime();
          saidOnce = true;
        }
      }
      boolean unused = endsWithin(shorter(ASK_EVERY, rest));
    }
    return Optional.empty();
  }

  /** Of the time to ask; without a limit more than any attempt takes. */
  private Duration rest(long begin) {
    Duration waited = Duration.ofNanos(System.nanoTime() - begin);
    return invitation.patience().map(patience -> patience.minus(waited)).orElse(LONGEST_ATTEMPT);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private Visit visit(Duration time) throws IOException, RefusedException {
    Socket socket = new Socket();
    attempt = socket;
    try {
      if (isToEnd()) {
        throw new SocketException("it was told to end");
      }
      InetSocketAddress driver =
          new InetSocketAddress(invitation.driverHost(), invitation.driverPort());
      return Visit.at(socket, driver, invitation.secret(), build, time);
    } finally {
      attempt = null;
    }
  }

  private static String words(IOException e) {
    return e instanceof java.net.UnknownHostException
        ? "no such host"
        : String.valueOf(e.getMessage());
  }

  private Visit.Kind serve(Visit visit) {
    present = visit;
    try (visit) {
      if (isToEnd()) {
        visit.leave("it was told to end");
        return Visit.Kind.DISMISSED;
      }
      try (Hosting hosting = new Hosting(visit, invitation)) {
        says.accept(hosting.describe());
        Visit.End end = hosting.untilOver();
        says.accept("the run " + hosting.run() + " " + words(end));
        visit.leave(end.reason());
        return end.kind();
      } catch (RuntimeException e) {
        String reason = "it cannot take part: " + e.getMessage();
        visit.leave(reason);
        says.accept("this process cannot take part: " + e.getMessage());
        return Visit.Kind.DISMISSED;
      }
    } finally {
      present = null;
    }
  }

  private String words(Visit.End end) {
    if (isToEnd()) {
      return "goes on without this process, which was told to end";
    }
    return switch (end.kind()) {
      case DONE -> "is done";
      case FAILED -> "has failed: " + end.reason();
      case DISMISSED -> "goes on without this process: " + end.reason();
      case LOST -> "has lost its driver at " + invitation.driver() + ": " + end.reason();
    };
  }
}
