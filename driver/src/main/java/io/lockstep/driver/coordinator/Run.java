package io.lockstep.driver.coordinator;

import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.config.Placement;
import io.lockstep.driver.coordinator.Members.Member;
import io.lockstep.driver.report.ServerHome;
import io.lockstep.driver.report.ValidationRecord;
import io.lockstep.driver.server.shard.RoundTotals;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.link.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one run: a pure state machine. Each method takes an event and the time, and
 * returns what is to be done, in order. It knows no actors, sockets, files or clocks.
 *
 * <pre>
 * JOINING    workers of the present submission come, and server processes where servers have some of
 *            their own; when all are there:
 * STARTING   the next incarnation of the servers loads the last complete checkpoint; when all are:
 * TRAINING   workers go on. A worker that dies comes back and goes on (driver placement), or, where
 *            it had servers beside it, brings the next incarnation: STARTING. One that stays away
 *            longer than joinTimeout brings another submission with fewer workers: JOINING.
 *            A server process with servers that dies: WAITING, or where a spare is there: STARTING
 * WAITING    for the successor of a server process; when it comes, or after joinTimeout without it,
 *            the next incarnation: STARTING
 * OVER       done, failed or interrupted
 * </pre>
 */
final class Run {
  /** Attempts of one worker that may fail one after another without a step in between. */
  static final int HOPELESS_ATTEMPTS = 5;

  /** The canary of a checkpoint that processes with several had a part in: nobody's. */
  static final String MIXED = "of several engines";

  /** Links that may break, while all workers are there, without a step in between. */
  static final int HOPELESS_LINKS = 20;

  private static final String LEAVE_OUT =
      "; leave that host out, or set allowDifferentFingerprint: true";

  /**
   * Messages may be lost. Hosts of servers that are silent for so long are told again what they
   * host, and say again what their servers said last.
   */
  static final Duration REPEAT = Duration.ofSeconds(5);

  /** The states. */
  enum State {
    JOINING,
    STARTING,
    TRAINING,
    WAITING,
    OVER
  }

  /**
   * What ends the run once the steps before it are written down.
   *
   * @param step the first bad one, from 1
   * @param since when it was heard of
   */
  private record NotFinite(long step, String reason, long since) {}

  private final RunPlan plan;
  private final Members members;
  private final ServerProcesses processes;
  private final Rates rates;
  private final Steps steps;
  private RoundTotals rounds;
  private final Validations validations;
  private final Map<Integer, ServerAddress> servers = new HashMap<>();
  private final TreeMap<Long, Map<Integer, ShardEntry>> shards = new TreeMap<>();
  private final Map<Integer, Integer> fruitlessAttempts = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private String lastFailure = "";
  private State state = State.JOINING;
  private int submission = 1;
  private int incarnation;
  private final TreeSet<Long> published = new TreeSet<>();
  private long checkpoint;
  private int restarts;
  private long hostsHeard;
  private int linksLost;
  private long linksLostSince;
  private boolean reproducible = true;
  private @Nullable String fingerprint;
  private @Nullable String canary;
  private long trainNanos;
  private long trainSteps;
  private @Nullable NotFinite notFinite;

  Run(RunPlan plan, long now) {
    this.plan = plan;
    this.members = new Members(plan.workers(), now);
    this.processes = new ServerProcesses(plan.servers(), plan.serverProcesses(), now);
    this.rates = new Rates(plan.schedule(), plan.firstStep());
    this.steps = new Steps(plan, rates);
    this.rounds = new RoundTotals(plan.layout());
    this.validations = new Validations(plan);
    this.checkpoint = plan.firstStep();
    this.published.add(plan.firstStep());
    this.canary = plan.fingerprint().isEmpty() ? null : plan.fingerprint();
  }

  State state() {
    return state;
  }

  int incarnation() {
    return incarnation;
  }

  // --- workers come and go ---

  /** A worker asks to take part; asked again, it hears again. */
  List<Action> joined(ToCoordinator.Join join, long now) {
    List<Action> actions = new ArrayList<>();
    Optional<String> refusal = refusal(join);
    if (refusal.isPresent()) {
      actions.add(new Action.Refuse(refusal.get()));
      return actions;
    }
    if (members.isPresent(join.worker(), join.attempt())) {
      return state == State.TRAINING ? List.of(begin(join.worker())) : List.of();
    }
    if (!join.fingerprint().canary().equals(canary) && !accept(join, actions)) {
      return actions;
    }
    if (fingerprint == null) {
      fingerprint = join.fingerprint().toString();
    }
    Member before = members.get(join.worker());
    boolean hadServers = before != null && hasServers(join.worker());
    if (before != null) {
      lost(before.worker, before.attempt, "replaced", now, actions);
    }
    members.add(join);
    if (state == State.OVER) {
      return actions;
    }
    if (state == State.JOINING) {
      startIfComplete(now, actions);
    } else if (hadServers) {
      startIncarnation(now, actions);
    } else if (state == State.TRAINING) {
      actions.add(begin(join.worker()));
    }
    return actions;
  }

  /** When all that are waited for are there. */
  private void startIfComplete(long now, List<Action> actions) {
    if (!processes.complete() || (state == State.JOINING && !members.complete())) {
      return;
    }
    if (state == State.JOINING) {
      actions.add(
          new Action.Started(
              members.workers(), checkpoint, String.valueOf(fingerprint), String.valueOf(canary)));
    }
    startIncarnation(now, actions);
  }

  private Optional<String> refusal(ToCoordinator.Join join) {
    if (!plan.runToken().equals(join.runToken())) {
      return Optional.of("the run's token must be that of this run: another run, or a stranger");
    }
    if (state == State.OVER) {
      return Optional.of("the run is over");
    }
    if (join.submission() != submission) {
      return Optional.of("job " + join.submission() + " has been replaced by job " + submission);
    }
    Member present = members.get(join.worker());
    if (present == null
        || present.attempt < join.attempt()
        || members.isPresent(join.worker(), join.attempt())) {
      return Optional.empty();
    }
    return Optional.of(
        present.attempt == join.attempt()
            ? "attempt " + present.attempt + " counts as lost"
            : "attempt " + present.attempt + " of worker " + join.worker() + " has taken over");
  }

  /** The first canary is the run's; another is refused, or marks the run. */
  private boolean accept(ToCoordinator.Join join, List<Action> actions) {
    if (canary == null) {
      canary = join.fingerprint().canary();
      return true;
    }
    String who = "worker " + join.worker() + " on " + join.host();
    String difference = difference(who, canary, join.fingerprint());
    if (allowed(difference, actions)) {
      return true;
    }
    actions.add(new Action.Refuse(difference + LEAVE_OUT));
    if (fruitless(join.worker()) >= HOPELESS_ATTEMPTS) {
      fail(difference + LEAVE_OUT, actions);
    }
    return false;
  }

  private static String difference(String who, String expected, Fingerprint found) {
    return who
        + " computes other bits than this run: canary must be "
        + expected
        + ", got "
        + found;
  }

  /** Whether other bits may take part, which the run then says. */
  private boolean allowed(String difference, List<Action> actions) {
    if (!plan.allowDifferentFingerprint()) {
      return false;
    }
    if (reproducible) {
      note(difference + "; the run is not reproducible", actions);
    }
    reproducible = false;
    return true;
  }

  /** A watched task has ended or cannot be reached. */
  List<Action> gone(int worker, long attempt, long now) {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER && members.isPresent(worker, attempt)) {
      lost(worker, attempt, "its process or task ended", now, actions);
      completeIfDone(actions);
    }
    return actions;
  }

  /** Spark says that a task's attempt failed; it may never have joined. */
  List<Action> taskFailed(ToCoordinator.TaskFailed failed, long now) {
    List<Action> actions = new ArrayList<>();
    if (state == State.OVER) {
      return actions;
    }
    lastFailure = failed.reason();
    Member present = members.get(failed.worker());
    if (present == null || present.attempt <= failed.attempt()) {
      lost(failed.worker(), failed.attempt(), failed.reason(), now, actions);
    }
    if (fruitless(failed.worker()) >= HOPELESS_ATTEMPTS) {
      fail(
          "worker "
              + failed.worker()
              + " failed "
              + HOPELESS_ATTEMPTS
              + " times without a step in between, the last time: "
              + failed.reason(),
          actions);
    }
    return actions;
  }

  private int fruitless(int worker) {
    return fruitlessAttempts.merge(worker, 1, Integer::sum);
  }

  private void lost(int worker, long attempt, String reason, long now, List<Action> actions) {
    Member member = members.get(worker);
    String who =
        member == null || member.attempt != attempt
            ? "worker " + worker + " (attempt " + attempt + ")"
            : member.toString();
    if (members.lost(worker, attempt, now)) {
      restarts++;
      actions.add(new Action.Restarted(restarts, who + ": " + reason));
    }
  }

  /** Time has passed: lines that waited for the dead, and slots that did not come back. */
  List<Action> tick(long now) {
    List<Action> actions = new ArrayList<>();
    if (state == State.OVER) {
      return actions;
    }
    report(now, actions);
    boolean serving = state == State.STARTING || state == State.TRAINING;
    if (serving && now - hostsHeard >= REPEAT.toNanos()) {
      tellHosts(now, actions);
    }
    boolean waiting = state == State.JOINING || state == State.WAITING;
    if (waiting && processes.missingNanos(now) > plan.joinTimeout().toNanos()) {
      goOnWithoutMissing(now, actions);
    }
    if (state != State.OVER && members.missingNanos(now) > plan.joinTimeout().toNanos()) {
      resubmit(now, actions);
    }
    return actions;
  }

  private void resubmit(long now, List<Action> actions) {
    int slots = members.alive();
    long seconds = plan.joinTimeout().toSeconds();
    if (slots == 0) {
      fail(
          "no worker joined within cluster.joinTimeout ("
              + seconds
              + "s): the cluster has no free slot; add cores, or wait longer"
              + (lastFailure.isEmpty() ? "" : "; the last task failed: " + lastFailure),
          actions);
      return;
    }
    note(
        "only "
            + slots
            + " of "
            + members.workers()
            + " workers were there after cluster.joinTimeout ("
            + seconds
            + "s): going on with "
            + slots,
        actions);
    submission++;
    members.reset(slots, now);
    servers.clear();
    fruitlessAttempts.clear();
    state = State.JOINING;
    actions.add(new Action.Resubmit(submission, slots));
  }

  // --- server processes come and go ---

  /** A server process is ready; asked again, nothing happens. */
  List<Action> processReady(ToCoordinator.ProcessReady ready, long now) {
    List<Action> actions = new ArrayList<>();
    int number = ready.process();
    if (state == State.OVER || !processes.mayJoin(number) || processes.isPresent(number)) {
      return actions;
    }
    ServerProcesses.Host process = new ServerProcesses.Host(number, ready.pid(), ready.host());
    if (!ready.fingerprint().canary().equals(plan.serverCanary())) {
      String difference = difference(process.toString(), plan.serverCanary(), ready.fingerprint());
      if (!allowed(difference, actions)) {
        note(difference + LEAVE_OUT, actions);
        actions.add(new Action.Dismiss(number, difference + LEAVE_OUT));
        return actions;
      }
    }
    processes.add(process);
    if (state == State.JOINING || state == State.WAITING) {
      startIfComplete(now, actions);
    } else {
      actions.add(host(process));
    }
    return actions;
  }

  /** Something happened elsewhere that the user should know; said once. */
  List<Action> notice(String message) {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER && !notes.contains(message)) {
      note(message, actions);
    }
    return actions;
  }

  /** Whether a message with this token is of the run. */
  boolean isOfThisRun(String runToken) {
    return plan.runToken().equals(runToken);
  }

  /** A server process has gone: where it had servers, a spare takes over, or is waited for. */
  List<Action> processGone(ToCoordinator.ProcessGone gone, long now) {
    List<Action> actions = new ArrayList<>();
    ServerProcesses.Host process = processes.remove(gone.process(), now);
    if (state == State.OVER || process == null) {
      return actions;
    }
    actions.add(new Action.Dismiss(gone.process(), gone.reason()));
    boolean serving = state == State.STARTING || state == State.TRAINING;
    if (!serving || !processes.isHosting(gone.process())) {
      note("lost " + process + ", which had no servers: " + gone.reason(), actions);
      if (serving) {
        processes.settleForPresent();
      }
      return actions;
    }
    settle(actions);
    completeIfDone(actions);
    if (state == State.OVER) {
      return actions;
    }
    restarts++;
    actions.add(new Action.Restarted(restarts, process + ": " + gone.reason()));
    state = State.WAITING;
    startIfComplete(now, actions);
    return actions;
  }

  private void goOnWithoutMissing(long now, List<Action> actions) {
    String waited = "cluster.joinTimeout (" + plan.joinTimeout().toSeconds() + "s)";
    if (processes.alive() == 0) {
      fail(
          "no server process was ready within "
              + waited
              + "; start one where it reaches this driver: deploy/lockstep server --coordinator "
              + plan.door(),
          actions);
      return;
    }
    note(
        "only "
            + processes.alive()
            + " of "
            + processes.asked()
            + " server processes were there after "
            + waited
            + ": going on with "
            + processes.alive(),
        actions);
    processes.settleForPresent();
    startIfComplete(now, actions);
  }

  List<Action> jobEnded(ToCoordinator.JobEnded ended) {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER && ended.submission() == submission) {
      fail("Spark ended the job: " + ended.reason(), actions);
    }
    return actions;
  }

  // --- servers ---

  private void startIncarnation(long now, List<Action> actions) {
    state = State.STARTING;
    incarnation++;
    processes.deal();
    notFinite = null;
    servers.clear();
    rounds = new RoundTotals(plan.layout());
    shards.clear();
    if (incarnation > 1) {
      steps.cutBack(checkpoint);
      validations.cutBack(checkpoint);
      rates.cutBack(checkpoint);
      actions.add(new Action.CutBack(checkpoint));
    }
    linksLost = 0;
    tellHosts(now, actions);
  }

  private void tellHosts(long now, List<Action> actions) {
    hostsHeard = now;
    switch (plan.placement()) {
      case DRIVER -> actions.add(host(Site.DRIVER, plan.allServers()));
      case WORKERS ->
          members
              .all()
              .forEach(
                  member ->
                      actions.add(host(Site.worker(member.worker), serversBeside(member.worker))));
      case PROCESSES -> processes.all().forEach(process -> actions.add(host(process)));
    }
  }

  private Action host(ServerProcesses.Host process) {
    return host(Site.process(process.number()), processes.serversOf(process));
  }

  private Action host(Site site, List<Integer> numbers) {
    return new Action.Host(site, incarnation, checkpoint, numbers);
  }

  private List<Integer> serversBeside(int worker) {
    return plan.serversBeside(worker, members.workers());
  }

  private boolean hasServers(int worker) {
    return !serversBeside(worker).isEmpty();
  }

  List<Action> serverReady(ToCoordinator.ServerReady ready, long now) {
    List<Action> actions = new ArrayList<>();
    if (state != State.STARTING || ready.incarnation() != incarnation) {
      return actions;
    }
    servers.put(ready.address().server(), ready.address());
    if (servers.size() == plan.servers()) {
      state = State.TRAINING;
      steps.startClock(now);
      members.all().forEach(member -> actions.add(begin(member.worker)));
    }
    return actions;
  }

  List<Action> serverFailed(ToCoordinator.ServerFailed failed) {
    List<Action> actions = new ArrayList<>();
    boolean present = state == State.STARTING || state == State.TRAINING;
    if (present && failed.incarnation() == incarnation) {
      fail(server(failed.server()) + " cannot go on: " + failed.reason(), actions);
    }
    return actions;
  }

  /** With where it lives, where that may be anywhere. */
  private String server(int number) {
    return "server "
        + number
        + (plan.placement() == Placement.PROCESSES ? " of " + processes.hostOf(number) : "");
  }

  private Action begin(int worker) {
    List<ServerAddress> addresses =
        java.util.stream.IntStream.range(0, plan.servers())
            .mapToObj(server -> java.util.Objects.requireNonNull(servers.get(server)))
            .toList();
    return new Action.Begin(worker, incarnation, addresses);
  }

  /** Asked some time after a worker lost a link: it is told the present servers, perhaps again. */
  List<Action> linkLost(ToCoordinator.LinkLost lost, long now) {
    List<Action> actions = new ArrayList<>();
    if (state == State.TRAINING
        && lost.incarnation() <= incarnation
        && members.isPresent(lost.worker(), lost.attempt())) {
      if (isHopeless(now)) {
        fail(
            "worker " + lost.worker() + " cannot stay with its servers: " + lost.reason(), actions);
      } else {
        actions.add(begin(lost.worker()));
      }
    }
    return actions;
  }

  /** Long after a dead server would have been noticed, links still break. */
  private boolean isHopeless(long now) {
    if (!members.complete() || linksLost == 0) {
      linksLost = 0;
      linksLostSince = now;
    }
    linksLost++;
    return linksLost > HOPELESS_LINKS && now - linksLostSince > 2 * plan.joinTimeout().toNanos();
  }

  List<Action> roundReady(ToCoordinator.RoundReady part, long now) {
    if (state != State.TRAINING || part.incarnation() != incarnation) {
      return List.of();
    }
    hostsHeard = now;
    double[][] totals = rounds.add(part.sums());
    return totals == null
        ? List.of()
        : List.of(
            new Action.HandTotals(incarnation, part.sums().step(), part.sums().round(), totals));
  }

  // --- steps ---

  List<Action> stepApplied(ToCoordinator.StepApplied applied, long now) {
    List<Action> actions = new ArrayList<>();
    if (state == State.TRAINING && applied.incarnation() == incarnation) {
      hostsHeard = now;
      if (steps.isAfterGap(applied)) {
        String lost = "what server " + applied.server() + " said of a step was lost";
        note(lost + ": going back to the last checkpoint", actions);
        startIncarnation(now, actions);
        return actions;
      }
      steps.applied(applied, now);
      report(now, actions);
    }
    return actions;
  }

  List<Action> workerTimes(ToCoordinator.WorkerTimes times, long now) {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER) {
      steps.times(times.worker(), times.times());
      report(now, actions);
    }
    return actions;
  }

  private void report(long now, List<Action> actions) {
    for (var line = steps.poll(members.workers(), now);
        line.isPresent();
        line = steps.poll(members.workers(), now)) {
      count(line.get());
      actions.add(new Action.Report(line.get()));
    }
    publish(actions);
    endWhereNotFinite(now, actions);
    completeIfDone(actions);
  }

  private void count(io.lockstep.driver.report.StepRecord line) {
    fruitlessAttempts.clear();
    linksLost = 0;
    trainNanos += (long) (line.seconds() * 1e9);
    trainSteps++;
  }

  List<Action> shardSaved(ToCoordinator.ShardSaved saved, long now) {
    List<Action> actions = new ArrayList<>();
    boolean present = state == State.TRAINING && saved.incarnation() == incarnation;
    if (present && saved.step() > checkpoint) {
      shards.computeIfAbsent(saved.step(), s -> new TreeMap<>()).put(saved.server(), saved.entry());
      report(now, actions);
    }
    return actions;
  }

  /**
   * A checkpoint comes to exist once all its shards are written, and all lines up to it. One of
   * which word was lost does not hold up those after it.
   */
  private void publish(List<Action> actions) {
    for (long step : List.copyOf(shards.keySet())) {
      Map<Integer, ShardEntry> written = shards.getOrDefault(step, Map.of());
      if (written.size() < plan.busyShards() || steps.next() <= step) {
        continue;
      }
      shards.headMap(step, true).clear();
      checkpoint = step;
      published.add(step);
      String by = reproducible && canary != null ? canary : MIXED;
      actions.add(
          new Action.Publish(
              checkpoint,
              List.copyOf(written.values()),
              by,
              rates.stateBefore(checkpoint),
              steps.noise(checkpoint)));
    }
  }

  // --- validation and the end ---

  /**
   * Where the schedule looks at a metric, a worker is answered only once all workers' sums are
   * there, and hands the schedule's state to its servers: so none of them has all gradients of a
   * step without knowing its rate. A worker that measured for servers that are gone is sent on.
   */
  List<Action> validation(ToCoordinator.ValidationSums sums) {
    List<Action> actions = new ArrayList<>();
    if (state == State.OVER) {
      return actions;
    }
    if (sums.incarnation() != incarnation) {
      if (state == State.TRAINING && members.isPresent(sums.worker(), sums.attempt())) {
        actions.add(begin(sums.worker()));
      }
      return actions;
    }
    Optional<ValidationRecord> complete = validations.add(sums);
    complete.ifPresent(
        record -> {
          steps.pause(record.step(), (long) (record.seconds() * 1e9));
          rates.learn(record);
          actions.add(new Action.ReportValidation(record));
        });
    List<Double> learned = rates.stateAfter(sums.step());
    if (complete.isPresent() && rates.followValidations()) {
      members
          .all()
          .forEach(
              member -> actions.add(new Action.Validated(member.worker, sums.step(), learned)));
    } else if (validations.complete(sums.step())
        || (!rates.followValidations() && validations.has(sums.step(), sums.from(), sums.to()))) {
      actions.add(new Action.Validated(sums.worker(), sums.step(), learned));
    }
    completeIfDone(actions);
    return actions;
  }

  List<Action> finished(ToCoordinator.Finished finished) {
    List<Action> actions = new ArrayList<>();
    Member member = members.get(finished.worker());
    if (state != State.OVER && member != null && member.attempt == finished.attempt()) {
      member.finished = true;
      completeIfDone(actions);
    }
    return actions;
  }

  /** A worker that died after the last step has nothing left to do and is not waited for. */
  private void completeIfDone(List<Action> actions) {
    long last = plan.milestones().lastStep();
    boolean allFinished =
        !members.all().isEmpty()
            && members.all().stream().allMatch(member -> member.finished || !member.alive);
    if (state == State.TRAINING
        && checkpoint == last
        && allFinished
        && validations.complete(last)) {
      end(Outcome.Kind.DONE, "", actions);
    }
  }

  List<Action> notFinite(ToCoordinator.NotFinite found, long now) {
    String what =
        found.tensor().isEmpty()
            ? "the loss is not finite"
            : "the gradient of " + found.tensor() + " is not finite";
    String where = what + " at step " + found.step() + ", stream " + found.stream();
    return notFinite(new NotFinite(found.step(), where, now));
  }

  List<Action> serverNotFinite(ToCoordinator.ServerNotFinite found, long now) {
    return found.incarnation() == incarnation
        ? notFinite(
            new NotFinite(
                found.step(), server(found.server()) + " cannot go on: " + found.reason(), now))
        : List.of();
  }

  /** The run ends with the step before the bad one, as soon as all servers have told of it. */
  private List<Action> notFinite(NotFinite found) {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER && notFinite == null) {
      notFinite = found;
      endWhereNotFinite(found.since(), actions);
    }
    return actions;
  }

  private void endWhereNotFinite(long now, List<Action> actions) {
    NotFinite found = notFinite;
    if (found == null || state == State.OVER) {
      return;
    }
    settle(actions);
    boolean patient = now - found.since() < Steps.PATIENCE.toNanos();
    if (state == State.TRAINING && steps.next() < found.step() && patient) {
      return;
    }
    end(
        Outcome.Kind.NOT_FINITE,
        found.reason()
            + "; lower optimizer.learningRate, or clip gradients"
            + (checkpoint == 0
                ? ""
                : "; the last good checkpoint is " + Checkpoints.folder(checkpoint)),
        actions);
  }

  List<Action> hopeless(ToCoordinator.Hopeless hopeless) {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER) {
      fail(hopeless.reason(), actions);
    }
    return actions;
  }

  /**
   * A checkpoint does not come to exist: the run has failed, even where it was done with all its
   * steps, and whoever resumes goes on from the one before.
   */
  List<Action> notPublished(long step, String reason) {
    List<Action> actions = new ArrayList<>();
    shards.clear();
    published.tailSet(step, true).clear();
    checkpoint = published.isEmpty() ? plan.firstStep() : published.last();
    fail(reason, actions);
    return actions;
  }

  List<Action> interrupt(ToCoordinator.Interrupt interrupt) {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER) {
      end(Outcome.Kind.INTERRUPTED, interrupt.reason(), actions);
    }
    return actions;
  }

  List<Action> enough() {
    List<Action> actions = new ArrayList<>();
    if (state != State.OVER) {
      end(Outcome.Kind.ENOUGH, "", actions);
    }
    return actions;
  }

  private void note(String message, List<Action> actions) {
    notes.add(message);
    actions.add(new Action.Note(message));
  }

  private void fail(String reason, List<Action> actions) {
    end(Outcome.Kind.FAILED, reason, actions);
  }

  /**
   * Writes down what the servers have finished, without the workers' times that have not come: so
   * that a run that ends early keeps its last checkpoint.
   */
  private void settle(List<Action> actions) {
    if (state != State.TRAINING) {
      return;
    }
    for (var line = steps.poll(0, 0); line.isPresent(); line = steps.poll(0, 0)) {
      count(line.get());
      actions.add(new Action.Report(line.get()));
    }
    publish(actions);
  }

  private void end(Outcome.Kind kind, String reason, List<Action> actions) {
    settle(actions);
    state = State.OVER;
    actions.add(
        new Action.End(
            new Outcome(
                kind,
                reason,
                checkpoint,
                members.workers(),
                members.all().stream().map(member -> member.pid).toList(),
                homes(),
                restarts,
                reproducible,
                fingerprint == null ? "" : fingerprint,
                trainNanos,
                trainSteps,
                validations.last(),
                notes)));
  }

  /** Where servers live outside of the driver. */
  private List<ServerHome> homes() {
    if (plan.placement() == Placement.WORKERS) {
      return members.all().stream()
          .map(member -> new ServerHome(member.pid, member.host, serversBeside(member.worker)))
          .filter(home -> !home.servers().isEmpty())
          .toList();
    }
    return processes.hosting().stream()
        .map(process -> new ServerHome(process.pid(), process.host(), processes.serversOf(process)))
        .toList();
  }
}
