package io.lockstep.driver.spark;

import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.coordinator.ToWorker;
import io.lockstep.driver.metrics.Figures;
import io.lockstep.driver.metrics.WorkerFigures;
import io.lockstep.worker.Control;
import io.lockstep.worker.StepTimes;
import io.lockstep.worker.StreamSums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between the task's thread, which waits, and its actor, which hears. Everything is guarded by this
 * object's lock.
 */
final class TaskControl implements Control {
  private static final Logger LOG = LoggerFactory.getLogger(TaskControl.class);

  /** Messages may be lost; what must arrive is said again. */
  private static final Duration REPEAT = Duration.ofSeconds(5);

  /** Of sums in one message. */
  private static final int MESSAGE_BYTES = 1 << 19;

  private final int worker;
  private final long attempt;
  private final Consumer<ToCoordinator> coordinator;
  private final long repeatMillis;
  private ToWorker.@Nullable Begin begin;
  private int taken;

  /** What was last said that {@link #next} has an answer to; null while the task is at work. */
  private @Nullable ToCoordinator asked;

  private ToWorker.@Nullable Validated validated;
  private boolean stopped;
  private @Nullable String failure;
  private @Nullable AutoCloseable link;

  TaskControl(int worker, long attempt, Consumer<ToCoordinator> coordinator) {
    this(worker, attempt, coordinator, REPEAT);
  }

  TaskControl(int worker, long attempt, Consumer<ToCoordinator> coordinator, Duration repeat) {
    this.worker = worker;
    this.attempt = attempt;
    this.coordinator = coordinator;
    this.repeatMillis = repeat.toMillis();
  }

  // --- the actor's side ---

  /**
   * Where to go. Another incarnation ends the link at hand, whose servers may be gone without a
   * word; a repetition is no news to a task that is at work.
   */
  void begin(ToWorker.Begin message) {
    AutoCloseable former;
    synchronized (this) {
      boolean other = message.incarnation() != taken;
      if (!other && asked == null) {
        return;
      }
      begin = message;
      notifyAll();
      former = other ? takeLink() : null;
    }
    close(former);
  }

  synchronized void arrived(ToWorker.Validated message) {
    validated = message;
    notifyAll();
  }

  void stop() {
    AutoCloseable present;
    synchronized (this) {
      stopped = true;
      notifyAll();
      present = takeLink();
    }
    close(present);
  }

  void fail(String reason) {
    AutoCloseable present;
    synchronized (this) {
      failure = reason;
      notifyAll();
      present = takeLink();
    }
    close(present);
  }

  /**
   * The link at hand, to be closed outside of the lock; taken with what makes it useless, for a
   * task that hears of that may have its next link a moment later.
   */
  private @Nullable AutoCloseable takeLink() {
    AutoCloseable present = link;
    link = null;
    return present;
  }

  private static void close(@Nullable AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception e) {
      LOG.warn("a link could not be closed", e);
    }
  }

  private boolean isOver() {
    if (failure != null) {
      throw new TaskEndedException(failure);
    }
    return stopped;
  }

  // --- the task's side ---

  /** Asks to take part; {@link #next} waits for the answer. */
  void join(ToCoordinator.Join message) {
    ask(message);
  }

  private synchronized void ask(ToCoordinator message) {
    asked = message;
    coordinator.accept(message);
  }

  @Override
  public synchronized Optional<Assignment> next() throws InterruptedException {
    while (!isOver() && begin == null) {
      wait(repeatMillis);
      if (begin == null && asked != null && !isOver()) {
        coordinator.accept(asked);
      }
    }
    ToWorker.Begin next = begin;
    begin = null;
    asked = null;
    if (isOver() || next == null) {
      return Optional.empty();
    }
    taken = next.incarnation();
    return Optional.of(new Assignment(taken, next.servers()));
  }

  @Override
  public void breakOff(AutoCloseable newLink) {
    boolean over;
    synchronized (this) {
      boolean elsewhere = begin != null && begin.incarnation() != taken;
      over = stopped || failure != null || elsewhere;
      link = over ? null : newLink;
    }
    if (over) {
      close(newLink);
    }
  }

  @Override
  public void linkLost(int incarnation, String reason) {
    LOG.info("worker {} lost a link of incarnation {}: {}", worker, incarnation, reason);
    ask(new ToCoordinator.LinkLost(worker, attempt, incarnation, reason));
  }

  /**
   * Said at least once, also where the same step was measured before a crash: that is forgotten.
   */
  @Override
  public synchronized Optional<List<Double>> validated(
      long step, List<StreamSums> sums, List<StreamSums> average, long nanos)
      throws InterruptedException {
    List<ToCoordinator.ValidationSums> messages = messages(step, sums, average, nanos);
    validated = null;
    while (!isOver() && begin == null) {
      messages.forEach(coordinator);
      wait(repeatMillis);
      if (validated != null && validated.step() == step) {
        return Optional.of(validated.schedule());
      }
    }
    return Optional.empty();
  }

  /** So many streams a message that it stays well below what the actors' transport takes. */
  private List<ToCoordinator.ValidationSums> messages(
      long step, List<StreamSums> sums, List<StreamSums> average, long nanos) {
    int from = sums.isEmpty() ? 0 : sums.get(0).stream();
    int metrics = sums.stream().mapToInt(stream -> stream.metrics().length).max().orElse(0);
    int most = Math.max(1, MESSAGE_BYTES / ((metrics + 16) * Double.BYTES * 2));
    List<ToCoordinator.ValidationSums> messages = new ArrayList<>();
    for (int at = 0; at == 0 || at < sums.size(); at += most) {
      int to = Math.min(at + most, sums.size());
      messages.add(
          new ToCoordinator.ValidationSums(
              worker,
              attempt,
              taken,
              step,
              from,
              from + sums.size(),
              List.copyOf(sums.subList(at, to)),
              average.isEmpty() ? average : List.copyOf(average.subList(at, to)),
              nanos));
    }
    return messages;
  }

  @Override
  public void times(List<StepTimes> times) {
    WorkerFigures.add(Figures.ofProcess(), times);
    coordinator.accept(new ToCoordinator.WorkerTimes(worker, times));
  }

  @Override
  public void notFinite(long step, int stream, String tensor) {
    ask(new ToCoordinator.NotFinite(worker, step, stream, tensor));
  }

  @Override
  public void finished() {
    ask(new ToCoordinator.Finished(worker, attempt));
  }
}
