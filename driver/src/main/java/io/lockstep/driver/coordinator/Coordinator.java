package io.lockstep.driver.coordinator;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.lockstep.driver.report.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The actor around {@link Run}: hands it messages with the time, and does what it decides. Ends
 * with the run.
 */
public final class Coordinator extends AbstractBehavior<ToCoordinator> {
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration LINK_RETRY = Duration.ofMillis(300);

  /** What the coordinator has the driver do; called in order, on the coordinator's thread. */
  public interface Office {
    /** Write down, make exist, or tell the user. */
    void act(Action action);

    /** The run is over. */
    void end(Outcome outcome);
  }

  private record Attendant(long attempt, ActorRef<ToWorker> task, ActorRef<ToServers> servers) {}

  private final Run run;
  private final Office office;
  private final ActorRef<ToServers> driverServers;
  private final LongSupplier clock;
  private final TimerScheduler<ToCoordinator> timers;
  private final Map<Integer, Attendant> attendants = new HashMap<>();

  /** The server processes that are there, by their number. */
  private final Map<Integer, ActorRef<ToServers>> processes = new HashMap<>();

  private Coordinator(
      ActorContext<ToCoordinator> context,
      TimerScheduler<ToCoordinator> timers,
      RunPlan plan,
      Office office,
      ActorRef<ToServers> driverServers,
      LongSupplier clock) {
    super(context);
    this.run = new Run(plan, clock.getAsLong());
    this.office = office;
    this.driverServers = driverServers;
    this.clock = clock;
    this.timers = timers;
    timers.startTimerWithFixedDelay(ToCoordinator.Tick.INSTANCE, TICK);
  }

  /**
   * The coordinator of one run.
   *
   * @param office does what is decided outside of Akka
   * @param driverServers hosts servers in the driver
   * @param clock nanoseconds that never go back
   */
  public static Behavior<ToCoordinator> create(
      RunPlan plan, Office office, ActorRef<ToServers> driverServers, LongSupplier clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Coordinator(context, timers, plan, office, driverServers, clock)));
  }

  @Override
  public Receive<ToCoordinator> createReceive() {
    return newReceiveBuilder()
        .onMessage(ToCoordinator.Join.class, this::join)
        .onMessage(
            ToCoordinator.TaskGone.class,
            m -> decide(() -> run.gone(m.worker(), m.attempt(), now())))
        .onMessage(ToCoordinator.TaskFailed.class, m -> decide(() -> run.taskFailed(m, now())))
        .onMessage(ToCoordinator.JobEnded.class, m -> decide(() -> run.jobEnded(m)))
        .onMessage(ToCoordinator.ProcessReady.class, this::processReady)
        .onMessage(ToCoordinator.ProcessGone.class, this::processGone)
        .onMessage(ToCoordinator.Notice.class, m -> decide(() -> run.notice(m.message())))
        .onMessage(ToCoordinator.ServerReady.class, m -> decide(() -> run.serverReady(m, now())))
        .onMessage(ToCoordinator.ServerFailed.class, m -> decide(() -> run.serverFailed(m)))
        .onMessage(
            ToCoordinator.ServerNotFinite.class, m -> decide(() -> run.serverNotFinite(m, now())))
        .onMessage(ToCoordinator.StepApplied.class, m -> decide(() -> run.stepApplied(m, now())))
        .onMessage(ToCoordinator.RoundReady.class, m -> decide(() -> run.roundReady(m, now())))
        .onMessage(ToCoordinator.ShardSaved.class, m -> decide(() -> run.shardSaved(m, now())))
        .onMessage(ToCoordinator.WorkerTimes.class, m -> decide(() -> run.workerTimes(m, now())))
        .onMessage(ToCoordinator.ValidationSums.class, m -> decide(() -> run.validation(m)))
        .onMessage(ToCoordinator.LinkLost.class, this::linkLost)
        .onMessage(ToCoordinator.AskAgain.class, m -> decide(() -> run.linkLost(m.lost(), now())))
        .onMessage(ToCoordinator.NotFinite.class, m -> decide(() -> run.notFinite(m, now())))
        .onMessage(ToCoordinator.Finished.class, m -> decide(() -> run.finished(m)))
        .onMessage(ToCoordinator.Hopeless.class, m -> decide(() -> run.hopeless(m)))
        .onMessage(ToCoordinator.Interrupt.class, m -> decide(() -> run.interrupt(m)))
        .onMessage(ToCoordinator.Enough.class, m -> decide(run::enough))
        .onMessageEquals(ToCoordinator.Tick.INSTANCE, () -> decide(() -> run.tick(now())))
        .build();
  }

  /** A decision that breaks ends the run: nobody else would, and everybody would wait. */
  private Behavior<ToCoordinator> decide(Supplier<List<Action>> decision) {
    List<Action> actions;
    try {
      actions = decision.get();
    } catch (RuntimeException e) {
      getContext().getLog().error("the coordinator broke", e);
      actions = run.hopeless(new ToCoordinator.Hopeless(-1, "the coordinator broke: " + e));
    }
    return run(actions);
  }

  private Behavior<ToCoordinator> join(ToCoordinator.Join join) {
    List<Action> actions = run.joined(join, now());
    if (!actions.isEmpty() && actions.get(0) instanceof Action.Refuse refuse) {
      join.task().tell(new ToWorker.Refused(refuse.reason()));
      return run(actions.subList(1, actions.size()));
    }
    Attendant before = attendants.get(join.worker());
    if (before != null && before.attempt() == join.attempt()) {
      return run(actions);
    }
    attendants.put(join.worker(), new Attendant(join.attempt(), join.task(), join.servers()));
    if (before != null) {
      getContext().unwatch(before.task());
      before.task().tell(new ToWorker.Refused("attempt " + join.attempt() + " has taken over"));
    }
    getContext().watchWith(join.task(), new ToCoordinator.TaskGone(join.worker(), join.attempt()));
    return run(actions);
  }

  /** Who does not know the token hears nothing. */
  private Behavior<ToCoordinator> processReady(ToCoordinator.ProcessReady ready) {
    if (!run.isOfThisRun(ready.runToken())) {
      getContext().getLog().warn("{} is a stranger: its token is not that of the run", ready);
      return this;
    }
    ready.servers().tell(new ToServers.Heard());
    if (processes.putIfAbsent(ready.process(), ready.servers()) == null) {
      String lost = "it does not answer at " + ready.servers().path().address();
      getContext().watchWith(ready.servers(), new ToCoordinator.ProcessGone(ready.process(), lost));
    }
    return decide(() -> run.processReady(ready, now()));
  }

  private Behavior<ToCoordinator> processGone(ToCoordinator.ProcessGone gone) {
    ActorRef<ToServers> servers = processes.remove(gone.process());
    if (servers != null) {
      getContext().unwatch(servers);
    }
    return decide(() -> run.processGone(gone, now()));
  }

  /** Not at once: a server that died is known here a little later than at its workers. */
  private Behavior<ToCoordinator> linkLost(ToCoordinator.LinkLost lost) {
    timers.startSingleTimer("link " + lost.worker(), new ToCoordinator.AskAgain(lost), LINK_RETRY);
    return this;
  }

  private Behavior<ToCoordinator> run(List<Action> actions) {
    for (Action action : actions) {
      Behavior<ToCoordinator> next = act(action);
      if (next != this) {
        return next;
      }
    }
    return this;
  }

  private Behavior<ToCoordinator> act(Action action) {
    if (action instanceof Action.Host host) {
      ActorRef<ToServers> servers = serversAt(host.site());
      if (servers != null) {
        servers.tell(new ToServers.Host(host.incarnation(), host.step(), host.servers()));
      }
    } else if (action instanceof Action.Begin begin) {
      tell(begin.worker(), new ToWorker.Begin(begin.incarnation(), begin.servers()));
    } else if (action instanceof Action.Validated validated) {
      tell(validated.worker(), new ToWorker.Validated(validated.step(), validated.schedule()));
    } else if (action instanceof Action.HandTotals totals) {
      handTotals(totals);
    } else if (action instanceof Action.Resubmit) {
      dismiss("another job takes over");
      return perform(action);
    } else if (action instanceof Action.End end) {
      return end(end.outcome());
    } else {
      return perform(action);
    }
    return this;
  }

  /** What the office cannot do ends the run. */
  private Behavior<ToCoordinator> perform(Action action) {
    try {
      office.act(action);
      return this;
    } catch (RuntimeException e) {
      getContext().getLog().error("cannot do {}", action, e);
      String reason = Reason.of(e);
      return run(
          action instanceof Action.Publish publish
              ? run.notPublished(publish.step(), reason)
              : run.hopeless(new ToCoordinator.Hopeless(-1, reason)));
    }
  }

  /** Null where nobody is there any more. */
  private @Nullable ActorRef<ToServers> serversAt(Site site) {
    return switch (site.placement()) {
      case DRIVER -> driverServers;
      case PROCESSES -> processes.get(site.number());
      case WORKERS -> {
        Attendant attendant = attendants.get(site.number());
        yield attendant == null ? null : attendant.servers();
      }
    };
  }

  private void tell(int worker, ToWorker message) {
    Attendant attendant = attendants.get(worker);
    if (attendant != null) {
      attendant.task().tell(message);
    }
  }

  private void handTotals(Action.HandTotals totals) {
    ToServers.Totals message =
        new ToServers.Totals(totals.incarnation(), totals.step(), totals.round(), totals.totals());
    driverServers.tell(message);
    attendants.values().forEach(attendant -> attendant.servers().tell(message));
    processes.values().forEach(process -> process.tell(message));
  }

  private void dismiss(String reason) {
    for (Attendant attendant : attendants.values()) {
      getContext().unwatch(attendant.task());
      attendant.task().tell(new ToWorker.Stop(reason));
    }
    attendants.clear();
  }

  private Behavior<ToCoordinator> end(Outcome outcome) {
    dismiss(outcome.kind() + (outcome.reason().isEmpty() ? "" : ": " + outcome.reason()));
    driverServers.tell(new ToServers.Close());
    office.end(outcome);
    return Behaviors.stopped();
  }

  private long now() {
    return clock.getAsLong();
  }
}
