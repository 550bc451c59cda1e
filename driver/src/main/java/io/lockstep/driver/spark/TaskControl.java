package io.lockstep.driver.spark;

import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.coordinator.ToWorker;
import io.lockstep.worker.Control;
import io.lockstep.worker.StepTimes;
import io.lockstep.worker.StreamSums;
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
  private static final long REPEAT_MILLIS = 5_000;

  private final int worker;
  private final long attempt;
  private final Consumer<ToCoordinator> coordinator;
  private ToWorker.@Nullable Begin begin;
  private int taken;
  private long validatedStep = -1;
  private boolean stopped;
  private @Nullable String failure;
  private @Nullable AutoCloseable link;

  TaskControl(int worker, long attempt, Consumer<ToCoordinator> coordinator) {
    this.worker = worker;
    this.attempt = attempt;
    this.coordinator = coordinator;
  }

  // --- the actor's side ---

  synchronized void begin(ToWorker.Begin message) {
    begin = message;
    notifyAll();
  }

  synchronized void arrived(long step) {
    validatedStep = Math.max(validatedStep, step);
    notifyAll();
  }

  void stop() {
    synchronized (this) {
      stopped = true;
      notifyAll();
    }
    closeLink();
  }

  void fail(String reason) {
    synchronized (this) {
      failure = reason;
      notifyAll();
    }
    closeLink();
  }

  private void closeLink() {
    AutoCloseable present;
    synchronized (this) {
      present = link;
      link = null;
    }
    if (present != null) {
      close(present);
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
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

  @Override
  public synchronized Optional<Assignment> next() throws InterruptedException {
    while (!isOver() && begin == null) {
      wait();
    }
    ToWorker.Begin next = begin;
    begin = null;
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
      over = stopped || failure != null;
      link = over ? null : newLink;
    }
    if (over) {
      close(newLink);
    }
  }

  @Override
  public void linkLost(int incarnation, String reason) {
    LOG.info("worker {} lost a link of incarnation {}: {}", worker, incarnation, reason);
    coordinator.accept(new ToCoordinator.LinkLost(worker, attempt, incarnation, reason));
  }

  @Override
  public void validated(long step, List<StreamSums> sums, long nanos) throws InterruptedException {
    ToCoordinator.ValidationSums message =
        new ToCoordinator.ValidationSums(worker, attempt, step, sums, nanos);
    synchronized (this) {
      while (!isOver() && validatedStep < step) {
        coordinator.accept(message);
        wait(REPEAT_MILLIS);
      }
    }
  }

  @Override
  public void times(List<StepTimes> times) {
    coordinator.accept(new ToCoordinator.WorkerTimes(worker, times));
  }

  @Override
  public void notFinite(long step, int stream, String tensor) {
    coordinator.accept(new ToCoordinator.NotFinite(worker, step, stream, tensor));
  }

  @Override
  public void finished() {
    coordinator.accept(new ToCoordinator.Finished(worker, attempt));
  }
}
