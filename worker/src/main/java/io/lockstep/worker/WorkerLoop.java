package io.lockstep.worker;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.View;
import io.lockstep.common.tree.Partial;
import io.lockstep.worker.Control.Assignment;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a worker does, from top to bottom: parameters of a step in, slices computed, partial sums
 * out, until the last step; and all of it again wherever the coordinator sends it.
 */
public final class WorkerLoop {
  private static final long TIMES_NANOS = 200_000_000;

  private final String runToken;
  private final int worker;
  private final long attempt;
  private final Layout layout;
  private final Milestones milestones;
  private final Set<View> views;
  private final Crew crew;
  private final Control control;
  private final List<StepTimes> times = new ArrayList<>();
  private long timesSent = System.nanoTime();

  /**
   * A worker ready to go.
   *
   * @param runToken the run's secret
   * @param worker its index in the deal of streams
   * @param attempt Spark's number of the task attempt
   * @param views what is evaluated besides or instead of the parameters, as {@link
   *     io.lockstep.common.optim.UpdatePlan#views} says
   * @param crew computes the worker's streams
   * @param control leads to the coordinator
   */
  public WorkerLoop(
      String runToken,
      int worker,
      long attempt,
      Layout layout,
      Milestones milestones,
      Set<View> views,
      Crew crew,
      Control control) {
    this.runToken = runToken;
    this.worker = worker;
    this.attempt = attempt;
    this.layout = layout;
    this.milestones = milestones;
    this.views = views;
    this.crew = crew;
    this.control = control;
  }

  /**
   * Works until the run is over.
   *
   * @throws LinkException where a server refuses this worker for good
   */
  public void run() throws InterruptedException, LinkException {
    for (Optional<Assignment> next = control.next(); next.isPresent(); next = control.next()) {
      Assignment assignment = next.get();
      WorkerIdentity self = new WorkerIdentity(runToken, assignment.incarnation(), worker, attempt);
      try (WorkerLink link =
          WorkerLink.connect(self, layout, assignment.servers(), crew.parameters()::set)) {
        control.breakOff(link);
        steps(link);
      } catch (LinkException e) {
        control.linkLost(assignment.incarnation(), String.valueOf(e.getMessage()));
      }
    }
  }

  private void steps(WorkerLink link) throws LinkException, InterruptedException {
    long step = link.firstStep();
    link.pull(step);
    link.await(step);
    Optional<List<Double>> schedule = validate(step, link);
    while (schedule.isPresent() && step < milestones.lastStep()) {
      long start = System.nanoTime();
      long sentBefore = link.sentBytes();
      long receivedBefore = link.receivedBytes();
      Optional<List<Partial>> partials = crew.gradients(step);
      if (partials.isEmpty()) {
        BadSlice bad = crew.findBadSlice(step);
        control.notFinite(step + 1, bad.stream(), bad.tensor());
        return;
      }
      long computed = System.nanoTime();
      link.schedule(step, schedule.get());
      link.push(step, partials.get());
      long sent = System.nanoTime();
      link.await(step + 1);
      step++;
      report(
          new StepTimes(
              step,
              computed - start,
              sent - computed,
              System.nanoTime() - sent,
              link.sentBytes() - sentBefore,
              link.receivedBytes() - receivedBefore));
      schedule = validate(step, link);
    }
    if (schedule.isPresent()) {
      control.finished();
    }
  }

  /**
   * Measures what is evaluated, and leaves the parameters as they were, except after the last step,
   * when nobody needs them. Where the servers have gone on it has nothing to say: then all sums of
   * this step are with the coordinator, because every worker hands them over before it pushes.
   *
   * @return what the schedule has learned, as {@link Control#validated} says
   */
  private Optional<List<Double>> validate(long step, WorkerLink link)
      throws LinkException, InterruptedException {
    if (!milestones.validates(step)) {
      return Optional.of(List.of());
    }
    long start = System.nanoTime();
    Optional<List<StreamSums>> model = validate(step, View.MODEL, link);
    Optional<List<StreamSums>> average =
        views.contains(View.AVERAGE) ? validate(step, View.AVERAGE, link) : Optional.of(List.of());
    boolean there = model.isPresent() && average.isPresent();
    Optional<List<Double>> schedule =
        control.validated(
            step,
            there ? model.get() : List.of(),
            there ? average.get() : List.of(),
            System.nanoTime() - start);
    if (schedule.isPresent() && !views.isEmpty() && step < milestones.lastStep()) {
      link.pull(step);
      link.await(step);
    }
    return schedule;
  }

  /**
   * The sums of a view, of which the parameters themselves need no pull.
   *
   * @return empty where the servers have gone beyond the step
   */
  private Optional<List<StreamSums>> validate(long step, View view, WorkerLink link)
      throws LinkException, InterruptedException {
    if (views.contains(view) && !link.view(step, view)) {
      return Optional.empty();
    }
    return Optional.of(crew.validate());
  }

  /** Batched by time, but at once where a line of the report is waited for. */
  private void report(StepTimes step) {
    times.add(step);
    long now = System.nanoTime();
    if (now - timesSent > TIMES_NANOS || milestones.checkpoints(step.step())) {
      control.times(List.copyOf(times));
      times.clear();
      timesSent = now;
    }
  }
}
