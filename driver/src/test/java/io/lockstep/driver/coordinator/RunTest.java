package io.lockstep.driver.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.config.Interval;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Placement;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.report.GradientNoise;
import io.lockstep.driver.report.ServerHome;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.ValidationRecord;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.Milestones;
import io.lockstep.worker.StepTimes;
import io.lockstep.worker.StreamSums;
import io.lockstep.worker.engine.metric.MetricValues;
import io.lockstep.worker.link.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunTest {
  private static final String TOKEN = "secret";
  private static final long SECOND = 1_000_000_000L;
  private static final Layout LAYOUT =
      Layout.of(
          List.of(
              new TensorSpec("a.W", List.of(4, 5), Role.WEIGHT),
              new TensorSpec("a.b", List.of(5), Role.BIAS)),
          5);

  private final List<Action> actions = new ArrayList<>();
  private int workers = 2;
  private int servers = 2;

  /** Server processes that are waited for; 0 for as many as servers. */
  private int processes;

  private Placement placement = Placement.DRIVER;
  private boolean allowDifferent;
  private long firstStep;
  private Schedule schedule = step -> 0.5;
  private long now = 100 * SECOND;
  private long attempts;

  @Test
  void trainingBeginsOnceAllWorkersAndServersAreThere() {
    Run run = newRun();
    take(run.joined(join(0), now));
    assertThat(actions).isEmpty();
    take(run.joined(join(1), now));
    assertThat(actions)
        .containsExactly(started(2), new Action.Host(Site.DRIVER, 1, 0, List.of(0, 1)));
    actions.clear();
    take(run.serverReady(ready(1, 1), now));
    assertThat(actions).isEmpty();
    take(run.serverReady(ready(1, 0), now));
    assertThat(actions).containsExactly(begin(0, 1), begin(1, 1));
  }

  @Test
  void serversBesideWorkersAreDealtByTheirNumbers() {
    placement = Placement.WORKERS;
    servers = 3;
    Run run = newRun();
    take(run.joined(join(0), now));
    take(run.joined(join(1), now));
    assertThat(actions)
        .contains(
            new Action.Host(Site.worker(0), 1, 0, List.of(0, 2)),
            new Action.Host(Site.worker(1), 1, 0, List.of(1)));
  }

  @Test
  void aStrangerIsRefused() {
    Run run = newRun();
    ToCoordinator.Join join = join(0);
    take(
        run.joined(
            new ToCoordinator.Join(
                "guess",
                join.submission(),
                join.worker(),
                join.attempt(),
                join.pid(),
                join.host(),
                join.fingerprint(),
                join.task(),
                join.servers()),
            now));
    assertThat(actions)
        .containsExactly(
            new Action.Refuse(
                "the run's token must be that of this run: another run, or a stranger"));
  }

  @Test
  void aWorkerThatComesBackGoesOnWithTheSameServers() {
    Run run = training();
    take(run.joined(join(1), now));
    assertThat(actions)
        .hasSize(2)
        .satisfies(
            all -> {
              assertThat(all.get(0)).isInstanceOf(Action.Restarted.class);
              assertThat(all.get(1)).isEqualTo(begin(1, 1));
            });
    assertThat(run.incarnation()).isEqualTo(1);
  }

  @Test
  void aWorkerThatHadServersBringsTheNextIncarnationFromTheLastCheckpoint() {
    placement = Placement.WORKERS;
    Run run = training();
    step(run, 1);
    step(run, 2);
    checkpoint(run, 2);
    step(run, 3);
    actions.clear();
    take(run.joined(join(1), now));
    assertThat(actions)
        .contains(
            new Action.CutBack(2),
            new Action.Host(Site.worker(0), 2, 2, List.of(0)),
            new Action.Host(Site.worker(1), 2, 2, List.of(1)));
    actions.clear();
    take(run.serverReady(ready(1, 0), now));
    assertThat(actions).as("an address of the old incarnation").isEmpty();
    take(run.serverReady(ready(2, 0), now));
    take(run.serverReady(ready(2, 1), now));
    assertThat(actions).containsExactly(begin(0, 2), begin(1, 2));
    actions.clear();
    step(run, 3);
    assertThat(reported()).extracting(StepRecord::step).containsExactly(3L);
  }

  @Test
  void whatAnOldIncarnationSaysIsForgotten() {
    placement = Placement.WORKERS;
    Run run = training();
    take(run.joined(join(0), now));
    take(run.serverReady(ready(2, 0), now));
    take(run.serverReady(ready(2, 1), now));
    actions.clear();
    take(run.stepApplied(new ToCoordinator.StepApplied(1, 0, report(1, 0), now), now));
    take(run.shardSaved(new ToCoordinator.ShardSaved(1, 0, 2, entry(2, 0)), now));
    take(run.roundReady(new ToCoordinator.RoundReady(1, round(0)), now));
    assertThat(actions).isEmpty();
  }

  @Test
  void anEarlierAttemptThatComesLateIsRefused() {
    Run run = training();
    ToCoordinator.Join late = join(0);
    take(run.joined(join(0), now));
    actions.clear();
    take(run.joined(late, now));
    assertThat(actions).hasSize(1).first().isInstanceOf(Action.Refuse.class);
  }

  @Test
  void aWorkerThatDiesTwiceInDifferentWaysIsCountedOnceAnAttempt() {
    Run run = training();
    long attempt = attempts;
    take(run.gone(1, attempt, now));
    take(run.taskFailed(new ToCoordinator.TaskFailed(1, attempt, "executor lost"), now));
    take(run.joined(join(1), now));
    take(run.gone(1, attempts, now));
    assertThat(actions)
        .filteredOn(Action.Restarted.class::isInstance)
        .extracting(action -> ((Action.Restarted) action).restarts())
        .containsExactly(1, 2);
  }

  @Test
  void aWorkerThatFailsAgainAndAgainWithoutAStepEndsTheRun() {
    Run run = newRun();
    take(run.joined(join(0), now));
    for (int i = 0; i < Run.HOPELESS_ATTEMPTS; i++) {
      attempts++;
      take(run.taskFailed(new ToCoordinator.TaskFailed(1, attempts, "no such file"), now));
    }
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(outcome().reason())
        .isEqualTo(
            "worker 1 failed 5 times without a step in between, the last time: no such file");
  }

  @Test
  void failuresWithStepsInBetweenNeverEndTheRun() {
    Run run = training();
    for (int i = 1; i <= 3 * Run.HOPELESS_ATTEMPTS; i++) {
      take(run.taskFailed(new ToCoordinator.TaskFailed(1, attempts, "killed"), now));
      take(run.joined(join(1), now));
      if (i < 10) {
        step(run, i);
      } else {
        take(run.taskFailed(new ToCoordinator.TaskFailed(1, attempts, "killed"), now));
        break;
      }
    }
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
  }

  @Test
  void theRunGoesOnWithTheSlotsThereAre() {
    Run run = newRun();
    take(run.joined(join(1), now));
    now += 59 * SECOND;
    take(run.tick(now));
    assertThat(actions).isEmpty();
    now += 2 * SECOND;
    take(run.tick(now));
    assertThat(actions).contains(new Action.Resubmit(2, 1));
    assertThat(actions.get(0))
        .isEqualTo(
            new Action.Note(
                "only 1 of 2 workers were there after cluster.joinTimeout (60s): going on with"
                    + " 1"));
    actions.clear();
    take(run.joined(join(0), now));
    assertThat(actions).hasSize(1).first().isInstanceOf(Action.Refuse.class);
    actions.clear();
    take(run.joined(join(0, 2, "canary"), now));
    assertThat(actions).contains(started(1));
  }

  @Test
  void aSlotThatIsLostForTooLongBringsAnotherSubmissionFromTheCheckpoint() {
    Run run = training();
    step(run, 1);
    step(run, 2);
    checkpoint(run, 2);
    take(run.gone(1, attempts, now));
    actions.clear();
    now += 61 * SECOND;
    take(run.tick(now));
    assertThat(actions).contains(new Action.Resubmit(2, 1));
    actions.clear();
    take(run.joined(join(0, 2, "canary"), now));
    assertThat(actions)
        .contains(new Action.CutBack(2), new Action.Host(Site.DRIVER, 2, 2, List.of(0, 1)));
  }

  @Test
  void withoutAnySlotTheRunFails() {
    Run run = newRun();
    now += 61 * SECOND;
    take(run.tick(now));
    assertThat(outcome().reason())
        .isEqualTo(
            "no worker joined within cluster.joinTimeout (60s): the cluster has no free slot; add"
                + " cores, or wait longer");
  }

  @Test
  void whereTasksFailedInsteadOfJoiningTheRunSaysWhyTheLastDid() {
    Run run = newRun();
    take(run.taskFailed(new ToCoordinator.TaskFailed(0, 1, "no route to host"), now));
    now += 61 * SECOND;
    take(run.tick(now));
    assertThat(outcome().reason())
        .startsWith("no worker joined within cluster.joinTimeout (60s)")
        .endsWith("; the last task failed: no route to host");
  }

  @Test
  void anotherCanaryIsRefused() {
    Run run = newRun();
    take(run.joined(join(0), now));
    take(run.joined(join(1, 1, "other"), now));
    assertThat(actions).hasSize(1);
    assertThat(((Action.Refuse) actions.get(0)).reason())
        .isEqualTo(
            "worker 1 on host computes other bits than this run: canary must be canary, got JDK,"
                + " canary other; leave that host out, or set allowDifferentFingerprint: true");
  }

  @Test
  void anotherCanaryThatIsAllowedMarksTheRun() {
    allowDifferent = true;
    Run run = newRun();
    take(run.joined(join(0), now));
    take(run.joined(join(1, 1, "other"), now));
    assertThat(actions).contains(started(2));
    take(run.interrupt(new ToCoordinator.Interrupt("test")));
    assertThat(outcome().reproducible()).isFalse();
  }

  @Test
  void aCheckpointSaysWhoseBitsItHasSoThatAResumeKnows() {
    Run run = training();
    step(run, 1);
    step(run, 2);
    saved(run, 2);
    assertThat(actions)
        .contains(
            new Action.Publish(
                2,
                List.of(entry(2, 0), entry(2, 1)),
                "canary",
                List.of(),
                lastPublished().noise()));
    allowDifferent = true;
    run = training();
    take(run.joined(join(1, 1, "other"), now));
    step(run, 1);
    step(run, 2);
    saved(run, 2);
    assertThat(actions)
        .contains(
            new Action.Publish(
                2,
                List.of(entry(2, 0), entry(2, 1)),
                Run.MIXED,
                List.of(),
                lastPublished().noise()));
  }

  @Test
  void aCheckpointThatCannotBeWrittenIsNotWhereAResumeGoesOn() {
    Run run = training();
    for (long step = 1; step <= 4; step++) {
      step(run, step);
    }
    saved(run, 2);
    saved(run, 4);
    assertThat(published()).containsExactly(2L, 4L);
    actions.clear();
    take(run.notPublished(4, "the disk is full"));
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(outcome().reason()).isEqualTo("the disk is full");
    assertThat(outcome().step()).isEqualTo(2);
  }

  @Test
  void aRunWhoseLastCheckpointCannotBeWrittenIsNotDone() {
    Run run = training();
    step(run, 1);
    step(run, 2);
    saved(run, 2);
    take(run.interrupt(new ToCoordinator.Interrupt("test")));
    actions.clear();
    take(run.notPublished(2, "the disk is full"));
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.FAILED);
    assertThat(outcome().step()).isZero();
  }

  @Test
  void aLineWaitsForTheWorkersTimesButNotForEver() {
    Run run = training();
    applied(run, 1);
    assertThat(reported()).isEmpty();
    now += SECOND;
    times(run, 0, 1);
    assertThat(reported()).isEmpty();
    times(run, 1, 1);
    assertThat(reported()).hasSize(1);
    StepRecord first = reported().get(0);
    assertThat(first.loss()).isEqualTo(1.25);
    assertThat(first.gradientNorm()).isEqualTo(Math.sqrt(25));
    assertThat(first.learningRate()).isEqualTo(0.5);
    assertThat(first.epoch()).isEqualTo(1);
    assertThat(first.computeSeconds()).isEqualTo(2);
    actions.clear();
    applied(run, 2);
    now += 3 * SECOND;
    take(run.tick(now));
    assertThat(reported()).extracting(StepRecord::step).containsExactly(2L);
  }

  @Test
  void aCheckpointExistsOnlyOnceItsLinesAreWrittenDown() {
    Run run = training();
    step(run, 1);
    applied(run, 2);
    saved(run, 2);
    assertThat(published()).isEmpty();
    times(run, 0, 2);
    times(run, 1, 2);
    assertThat(published()).containsExactly(2L);
    int line = actions.indexOf(reportOf(2));
    assertThat(actions.subList(line, actions.size())).anyMatch(Action.Publish.class::isInstance);
  }

  @Test
  void roundsAreReducedOverServersAndHandedToAll() {
    Run run = training();
    take(run.roundReady(new ToCoordinator.RoundReady(1, round(0)), now));
    assertThat(actions).isEmpty();
    take(run.roundReady(new ToCoordinator.RoundReady(1, round(1)), now));
    assertThat(actions).hasSize(1);
    double[][] totals = ((Action.HandTotals) actions.get(0)).totals();
    assertThat(totals).isEqualTo(new double[][] {{0 + 1 + 2 + 3}, {4}});
  }

  @Test
  void aWorkersValidationInPartsIsAcknowledgedWhenAllAreThere() {
    Run run = training();
    ToCoordinator.ValidationSums all = sums(1, 2, 2, 4);
    take(run.validation(part(all, 1, 2)));
    assertThat(actions).isEmpty();
    take(run.validation(part(all, 1, 2)));
    assertThat(actions).as("a repetition of the same part").isEmpty();
    take(run.validation(part(all, 0, 1)));
    assertThat(actions).containsExactly(new Action.Validated(1, 2, List.of()));
  }

  private static ToCoordinator.ValidationSums part(
      ToCoordinator.ValidationSums all, int from, int to) {
    return new ToCoordinator.ValidationSums(
        all.worker(),
        all.attempt(),
        all.incarnation(),
        all.step(),
        all.from(),
        all.to(),
        all.sums().subList(from, to),
        all.average(),
        all.nanos());
  }

  @Test
  void validationSumsAreAddedByTheTreeAndAcknowledged() {
    Run run = training();
    take(run.validation(sums(1, 2, 2, 4)));
    assertThat(actions).containsExactly(new Action.Validated(1, 2, List.of()));
    actions.clear();
    take(run.validation(sums(0, 2, 0, 2)));
    ValidationRecord record =
        actions.stream()
            .filter(Action.ReportValidation.class::isInstance)
            .map(action -> ((Action.ReportValidation) action).validation())
            .findFirst()
            .orElseThrow();
    assertThat(record.loss()).isEqualTo((0.5 + 1.5 + 2.5) / 30);
    assertThat(record.examples()).as("stream 3 has run out").isEqualTo(30);
    assertThat(record.metrics()).containsExactly(Map.entry("sum", 3.0));
    actions.clear();
    take(run.validation(sums(0, 2, 0, 2)));
    assertThat(actions).as("a repetition").containsExactly(new Action.Validated(0, 2, List.of()));
  }

  private void plateau() {
    schedule =
        Schedules.create(
            Options.of("schedule", Map.of("type", "plateau", "factor", 0.5, "patience", 0)),
            0.5,
            10);
  }

  private static Action.Validated learned(int worker, long step, double rate, double best) {
    return new Action.Validated(worker, step, List.of(rate, best, 0.0, 0.0));
  }

  /** Both workers' sums of a validation, whose loss is always the same. */
  private void validate(Run run, int incarnation, long step) {
    take(run.validation(sums(1, incarnation, step, 2, 4)));
    take(run.validation(sums(0, incarnation, step, 0, 2)));
  }

  private static final double LOSS = (0.5 + 1.5 + 2.5) / 30;

  @Test
  void whereTheRateFollowsAMetricWorkersAreAnsweredWhenAllSumsAreThere() {
    plateau();
    Run run = training();
    step(run, 1);
    step(run, 2);
    actions.clear();
    take(run.validation(sums(1, 2, 2, 4)));
    take(run.validation(sums(1, 2, 2, 4)));
    assertThat(actions).isEmpty();
    take(run.validation(sums(0, 2, 0, 2)));
    assertThat(actions)
        .filteredOn(Action.Validated.class::isInstance)
        .containsExactly(learned(0, 2, 0.5, LOSS), learned(1, 2, 0.5, LOSS));
    actions.clear();
    take(run.validation(sums(1, 2, 2, 4)));
    assertThat(actions).as("a repetition").containsExactly(learned(1, 2, 0.5, LOSS));
  }

  @Test
  void aStepsRateFollowsFromTheValidationsUpToItsParameters() {
    plateau();
    Run run = training();
    for (long step = 1; step <= 4; step++) {
      step(run, step);
      if (step % 2 == 0) {
        validate(run, 1, step);
      }
    }
    applied(run, 5);
    times(run, 0, 5);
    times(run, 1, 5);
    assertThat(reported())
        .extracting(StepRecord::learningRate)
        .containsExactly(0.5, 0.5, 0.5, 0.5, 0.25);
  }

  @Test
  void aCheckpointHoldsWhatWasLearnedBeforeItAndARestartForgetsWhatCameAfter() {
    plateau();
    placement = Placement.WORKERS;
    Run run = training();
    step(run, 1);
    step(run, 2);
    checkpoint(run, 2);
    assertThat(lastPublished().schedule()).containsExactly(0.5, Double.POSITIVE_INFINITY, 0.0, 0.0);
    validate(run, 1, 2);
    step(run, 3);
    step(run, 4);
    checkpoint(run, 4);
    assertThat(lastPublished().schedule()).containsExactly(0.5, LOSS, 0.0, 0.0);
    validate(run, 1, 4);
    step(run, 5);
    step(run, 6);
    validate(run, 1, 6);
    take(run.joined(join(1), now));
    actions.clear();
    take(run.validation(sums(0, 1, 6, 0, 2)));
    assertThat(actions).as("while the servers start").isEmpty();
    take(run.serverReady(ready(2, 0), now));
    take(run.serverReady(ready(2, 1), now));
    actions.clear();
    take(run.validation(sums(0, 1, 6, 0, 2)));
    assertThat(actions).as("of servers that are gone").containsExactly(begin(0, 2));
    actions.clear();
    validate(run, 2, 4);
    assertThat(actions).as("counted once").contains(learned(0, 4, 0.25, LOSS));
    actions.clear();
    step(run, 5);
    step(run, 6);
    validate(run, 2, 6);
    assertThat(reported()).extracting(StepRecord::learningRate).containsExactly(0.25, 0.25);
    assertThat(actions).contains(learned(1, 6, 0.125, LOSS));
  }

  private Action.Publish lastPublished() {
    return actions.stream()
        .filter(Action.Publish.class::isInstance)
        .map(Action.Publish.class::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void theNoiseScaleGoesOnFromACheckpointAsIfNothingHadBeen() {
    placement = Placement.WORKERS;
    Run run = training();
    for (long step = 1; step <= 5; step++) {
      step(run, step);
      if (step % 2 == 0) {
        checkpoint(run, step);
      }
    }
    assertThat(lastPublished().noise().trace()).isPositive();
    List<GradientNoise> before = reported().stream().map(StepRecord::noise).toList();
    take(run.joined(join(1), now));
    take(run.serverReady(ready(2, 0), now));
    take(run.serverReady(ready(2, 1), now));
    actions.clear();
    step(run, 5);
    assertThat(reported()).extracting(StepRecord::noise).containsExactly(before.get(4));
  }

  @Test
  void theRunIsDoneWithTheLastCheckpointTheLastValidationAndAllWorkers() {
    Run run = training();
    for (int s = 1; s <= 10; s++) {
      step(run, s);
      if (s % 2 == 0) {
        checkpoint(run, s);
      }
    }
    take(run.validation(sums(0, 10, 0, 2)));
    take(run.validation(sums(1, 10, 2, 4)));
    take(run.finished(new ToCoordinator.Finished(0, attempts - 1)));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
    take(run.finished(new ToCoordinator.Finished(1, attempts)));
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.DONE);
    assertThat(outcome().step()).isEqualTo(10);
    assertThat(outcome().trainSteps()).isEqualTo(10);
    assertThat(outcome().pids()).containsExactly(1000L, 1001L);
  }

  @Test
  void aResumedRunThatWasOverIsOverAtOnce() {
    firstStep = 10;
    Run run = training();
    take(run.validation(sums(0, 10, 0, 2)));
    take(run.validation(sums(1, 10, 2, 4)));
    take(run.finished(new ToCoordinator.Finished(0, attempts - 1)));
    take(run.finished(new ToCoordinator.Finished(1, attempts)));
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.DONE);
  }

  @Test
  void aBadGradientEndsTheRunAndNamesStepStreamTensorAndCheckpoint() {
    Run run = training();
    step(run, 1);
    step(run, 2);
    checkpoint(run, 2);
    take(run.notFinite(new ToCoordinator.NotFinite(0, 3, 1, "a.W"), now));
    assertThat(outcome().reason())
        .isEqualTo(
            "the gradient of a.W is not finite at step 3, stream 1; lower optimizer.learningRate,"
                + " or clip gradients; the last good checkpoint is step-2");
    assertThat(outcome().step()).isEqualTo(2);
  }

  @Test
  void aLostLinkIsAnsweredWithTheSameServersWhereNothingHasChanged() {
    Run run = training();
    take(run.linkLost(new ToCoordinator.LinkLost(1, attempts, 1, "reset"), now));
    assertThat(actions).containsExactly(begin(1, 1));
    actions.clear();
    take(run.linkLost(new ToCoordinator.LinkLost(1, attempts, 0, "reset"), now));
    assertThat(actions).as("it did not hear of the present one").containsExactly(begin(1, 1));
  }

  @Test
  void aWorkerThatAsksAgainHearsAgainAndIsNoRestart() {
    Run run = newRun();
    ToCoordinator.Join first = join(0);
    take(run.joined(first, now));
    take(run.joined(first, now));
    assertThat(actions).as("others are still to come").isEmpty();
    ToCoordinator.Join second = join(1);
    take(run.joined(second, now));
    IntStream.range(0, servers).forEach(server -> take(run.serverReady(ready(1, server), now)));
    actions.clear();
    take(run.joined(second, now));
    assertThat(actions).containsExactly(begin(1, 1));
    actions.clear();
    take(run.gone(1, second.attempt(), now));
    actions.clear();
    take(run.joined(second, now));
    assertThat(actions).containsExactly(new Action.Refuse("attempt 2 counts as lost"));
  }

  @Test
  void aRunThatIsDoneIsNotSubmittedAgain() {
    Run run = training();
    take(run.gone(1, attempts, now));
    for (int step = 1; step <= 10; step++) {
      applied(run, step);
    }
    saved(run, 10);
    take(run.validation(sums(0, 10, 0, 2)));
    take(run.validation(sums(1, 10, 2, 4)));
    take(run.finished(new ToCoordinator.Finished(0, attempts - 1)));
    actions.clear();
    now += 100 * SECOND;
    take(run.tick(now));
    assertThat(actions).noneMatch(Action.Resubmit.class::isInstance);
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.DONE);
  }

  @Test
  void aBadGradientWaitsForNoTimesToKeepTheCheckpointBeforeIt() {
    Run run = training();
    applied(run, 1);
    applied(run, 2);
    saved(run, 2);
    assertThat(published()).isEmpty();
    take(run.notFinite(new ToCoordinator.NotFinite(0, 3, 1, "a.W"), now));
    assertThat(published()).containsExactly(2L);
    assertThat(outcome().reason()).endsWith("; the last good checkpoint is step-2");
  }

  @Test
  void aBadGradientWaitsUntilAllServersHaveToldOfTheStepBefore() {
    Run run = training();
    step(run, 1);
    take(run.notFinite(new ToCoordinator.NotFinite(0, 3, 1, "a.W"), now));
    take(run.notFinite(new ToCoordinator.NotFinite(1, 3, 2, "a.b"), now));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
    applied(run, 2);
    assertThat(reported()).extracting(StepRecord::step).containsExactly(1L, 2L);
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.NOT_FINITE);
    assertThat(outcome().reason()).startsWith("the gradient of a.W is not finite at step 3");
  }

  @Test
  void aBadGradientDoesNotWaitForAServerForever() {
    Run run = training();
    take(run.notFinite(new ToCoordinator.NotFinite(0, 2, 1, "a.W"), now));
    now += Steps.PATIENCE.toNanos() - 1;
    take(run.tick(now));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
    now++;
    take(run.tick(now));
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.NOT_FINITE);
  }

  @Test
  void aServersBadValueWaitsForTheOtherServersToo() {
    Run run = training();
    String reason = "step 2: parameter of a.W, element 3, must be finite, got Infinity";
    take(run.serverNotFinite(new ToCoordinator.ServerNotFinite(0, 1, 2, reason), now));
    assertThat(actions).as("of another incarnation").isEmpty();
    take(run.serverNotFinite(new ToCoordinator.ServerNotFinite(1, 1, 2, reason), now));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
    applied(run, 1);
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.NOT_FINITE);
    assertThat(outcome().reason())
        .isEqualTo(
            "server 1 cannot go on: "
                + reason
                + "; lower optimizer.learningRate, or clip gradients");
  }

  @Test
  void whoHasSeenEnoughEndsTheRun() {
    Run run = training();
    step(run, 1);
    take(run.enough());
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.ENOUGH);
    actions.clear();
    take(run.enough());
    assertThat(actions).as("only once").isEmpty();
  }

  @Test
  void withoutACheckpointABadGradientNamesNone() {
    Run run = training();
    take(run.notFinite(new ToCoordinator.NotFinite(0, 1, 1, ""), now));
    assertThat(outcome().reason())
        .isEqualTo(
            "the loss is not finite at step 1, stream 1; lower optimizer.learningRate,"
                + " or clip gradients");
  }

  @Test
  void hostsThatDoNotAnswerAreToldAgain() {
    placement = Placement.WORKERS;
    Run run = newRun();
    take(run.joined(join(0), now));
    take(run.joined(join(1), now));
    take(run.serverReady(ready(1, 0), now));
    actions.clear();
    now += Run.REPEAT.toNanos() - 1;
    take(run.tick(now));
    assertThat(actions).isEmpty();
    now++;
    take(run.tick(now));
    assertThat(actions)
        .containsExactly(
            new Action.Host(Site.worker(0), 1, 0, List.of(0)),
            new Action.Host(Site.worker(1), 1, 0, List.of(1)));
    take(run.serverReady(ready(1, 1), now));
    take(run.serverReady(ready(1, 0), now));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
  }

  @Test
  void hostsThatAreSilentWhileTrainingGoesOnAreToldAgain() {
    Run run = training();
    now += Run.REPEAT.toNanos() - 1;
    step(run, 1);
    now++;
    actions.clear();
    take(run.tick(now));
    assertThat(actions).as("not silent").isEmpty();
    now += Run.REPEAT.toNanos();
    take(run.tick(now));
    assertThat(actions).containsExactly(new Action.Host(Site.DRIVER, 1, 0, List.of(0, 1)));
  }

  @Test
  void whatServersSayAgainChangesNothing() {
    Run run = training();
    step(run, 1);
    step(run, 2);
    checkpoint(run, 2);
    actions.clear();
    applied(run, 2);
    saved(run, 2);
    take(run.serverReady(ready(1, 0), now));
    assertThat(actions).isEmpty();
    step(run, 3);
    step(run, 4);
    checkpoint(run, 4);
    assertThat(published()).containsExactly(4L);
  }

  @Test
  void aCheckpointOfWhichWordWasLostDoesNotHoldUpTheNext() {
    Run run = training();
    step(run, 1);
    step(run, 2);
    take(run.shardSaved(new ToCoordinator.ShardSaved(1, 0, 2, entry(2, 0)), now));
    step(run, 3);
    step(run, 4);
    checkpoint(run, 4);
    assertThat(published()).containsExactly(4L);
    take(run.shardSaved(new ToCoordinator.ShardSaved(1, 1, 2, entry(2, 1)), now));
    assertThat(published()).containsExactly(4L);
  }

  @Test
  void aServerThatSaysItsSumsAgainHearsTheTotalsAgain() {
    Run run = training();
    take(run.roundReady(new ToCoordinator.RoundReady(1, round(0)), now));
    take(run.roundReady(new ToCoordinator.RoundReady(1, round(1)), now));
    List<Action> first = List.copyOf(actions);
    actions.clear();
    take(run.roundReady(new ToCoordinator.RoundReady(1, round(0)), now));
    assertThat(actions).isEqualTo(first).hasSize(1);
  }

  @Test
  void aReportOfAServerThatWasLostBringsTheNextIncarnation() {
    Run run = training();
    step(run, 1);
    take(run.stepApplied(new ToCoordinator.StepApplied(1, 0, report(2, 0), now), now));
    take(run.stepApplied(new ToCoordinator.StepApplied(1, 0, report(3, 0), now), now));
    assertThat(run.incarnation()).isEqualTo(1);
    take(run.stepApplied(new ToCoordinator.StepApplied(1, 1, report(3, 1), now), now));
    assertThat(actions)
        .contains(
            new Action.Note(
                "what server 1 said of a step was lost: going back to the last checkpoint"),
            new Action.CutBack(0),
            new Action.Host(Site.DRIVER, 2, 0, List.of(0, 1)));
  }

  @Test
  void linksThatBreakForEverEndTheRunAndSayWhy() {
    Run run = training();
    ToCoordinator.LinkLost lost = new ToCoordinator.LinkLost(1, attempts, 1, "refused: too late");
    for (int i = 0; i < Run.HOPELESS_LINKS; i++) {
      take(run.linkLost(lost, now));
    }
    assertThat(actions).hasSize(Run.HOPELESS_LINKS).containsOnly(begin(1, 1));
    now += 121 * SECOND;
    take(run.linkLost(lost, now));
    assertThat(outcome().reason())
        .isEqualTo("worker 1 cannot stay with its servers: refused: too late");
  }

  @Test
  void aStepThatIsMadeForgivesBrokenLinks() {
    Run run = training();
    ToCoordinator.LinkLost lost = new ToCoordinator.LinkLost(1, attempts, 1, "reset");
    for (int i = 0; i < Run.HOPELESS_LINKS; i++) {
      take(run.linkLost(lost, now));
    }
    step(run, 1);
    actions.clear();
    now += 121 * SECOND;
    take(run.linkLost(lost, now));
    assertThat(actions).containsExactly(begin(1, 1));
  }

  @Test
  void moreServersThanChunksLeaveSomeWithoutWork() {
    servers = 9;
    Run run = training();
    applied(run, 1);
    times(run, 0, 1);
    times(run, 1, 1);
    assertThat(reported()).hasSize(1);
  }

  // --- servers in processes of their own ---

  @Test
  void serverProcessesAreWaitedForAndDealtTheServers() {
    placement = Placement.PROCESSES;
    servers = 3;
    processes = 2;
    Run run = newRun();
    take(run.joined(join(0), now));
    take(run.processReady(process(1), now));
    take(run.joined(join(1), now));
    assertThat(actions).as("one process is missing").isEmpty();
    take(run.processReady(process(2), now));
    assertThat(actions)
        .containsExactly(
            started(2),
            new Action.Host(Site.process(1), 1, 0, List.of(0, 2)),
            new Action.Host(Site.process(2), 1, 0, List.of(1)));
    actions.clear();
    IntStream.range(0, 3).forEach(server -> take(run.serverReady(ready(1, server), now)));
    assertThat(actions).containsExactly(begin(0, 1), begin(1, 1));
  }

  @Test
  void aProcessThatSaysAgainThatItIsReadyChangesNothing() {
    Run run = trainingOnProcesses();
    take(run.processReady(process(1), now));
    assertThat(actions).isEmpty();
  }

  @Test
  void aProcessTooManyIsASpareAndTakesOverAtOnce() {
    Run run = trainingOnProcesses();
    step(run, 1);
    step(run, 2);
    checkpoint(run, 2);
    step(run, 3);
    actions.clear();
    take(run.processReady(process(3), now));
    assertThat(actions).containsExactly(new Action.Host(Site.process(3), 1, 2, List.of()));
    actions.clear();
    take(run.processGone(gone(1), now));
    assertThat(actions)
        .containsExactly(
            new Action.Dismiss(1, "killed"),
            new Action.Restarted(1, "server process 1 (pid 2001 on host1): killed"),
            new Action.CutBack(2),
            new Action.Host(Site.process(2), 2, 2, List.of(0)),
            new Action.Host(Site.process(3), 2, 2, List.of(1)));
  }

  @Test
  void aServerProcessThatDiesIsWaitedForAndItsSuccessorTakesItsServers() {
    Run run = trainingOnProcesses();
    step(run, 1);
    step(run, 2);
    checkpoint(run, 2);
    step(run, 3);
    actions.clear();
    take(run.processGone(gone(2), now));
    assertThat(run.state()).isEqualTo(Run.State.WAITING);
    assertThat(actions).filteredOn(Action.Host.class::isInstance).isEmpty();
    actions.clear();
    take(run.linkLost(new ToCoordinator.LinkLost(0, 1, 1, "reset"), now));
    take(run.stepApplied(new ToCoordinator.StepApplied(1, 0, report(4, 0), now), now));
    assertThat(actions).as("nobody goes on with the servers that are left").isEmpty();
    now += 30 * SECOND;
    take(run.tick(now));
    assertThat(run.state()).isEqualTo(Run.State.WAITING);
    take(run.processReady(process(3), now));
    assertThat(actions)
        .contains(
            new Action.CutBack(2),
            new Action.Host(Site.process(1), 2, 2, List.of(0)),
            new Action.Host(Site.process(3), 2, 2, List.of(1)));
    take(run.serverReady(ready(2, 0), now));
    take(run.serverReady(ready(2, 1), now));
    assertThat(actions).contains(begin(0, 2), begin(1, 2));
    actions.clear();
    step(run, 3);
    assertThat(reported()).extracting(StepRecord::step).containsExactly(3L);
  }

  @Test
  void afterTheTimeoutTheRunGoesOnWithTheProcessesThatAreLeft() {
    Run run = trainingOnProcesses();
    take(run.processGone(gone(1), now));
    actions.clear();
    now += 61 * SECOND;
    take(run.tick(now));
    assertThat(actions)
        .containsExactly(
            new Action.Note(
                "only 1 of 2 server processes were there after cluster.joinTimeout (60s): going on"
                    + " with 1"),
            new Action.CutBack(0),
            new Action.Host(Site.process(2), 2, 0, List.of(0, 1)));
    actions.clear();
    take(run.processReady(process(3), now));
    assertThat(actions)
        .as("one that comes late is a spare, and has servers from the next time on")
        .containsExactly(new Action.Host(Site.process(3), 2, 0, List.of()));
    actions.clear();
    IntStream.range(0, 2).forEach(server -> take(run.serverReady(ready(2, server), now)));
    actions.clear();
    take(run.processGone(gone(3), now));
    now += 61 * SECOND;
    take(run.tick(now));
    assertThat(actions)
        .as("a spare is not waited for; who is there hears again what it hosts")
        .containsExactly(
            new Action.Dismiss(3, "killed"),
            new Action.Note(
                "lost server process 3 (pid 2003 on host3), which had no servers: killed"),
            new Action.Host(Site.process(2), 2, 0, List.of(0, 1)));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
  }

  @Test
  void withoutAnyServerProcessTheRunFailsAndSaysHowToStartOne() {
    placement = Placement.PROCESSES;
    Run run = newRun();
    take(run.joined(join(0), now));
    take(run.joined(join(1), now));
    now += 61 * SECOND;
    take(run.tick(now));
    assertThat(outcome().reason())
        .isEqualTo(
            "no server process was ready within cluster.joinTimeout (60s); start one where it reaches"
                + " this driver: deploy/lockstep server --coordinator driver:7090");
  }

  @Test
  void aServerProcessWhoseUpdatesHaveOtherBitsIsSentAway() {
    placement = Placement.PROCESSES;
    Run run = newRun();
    take(run.processReady(process(1, "another canary"), now));
    String difference =
        "server process 1 (pid 2001 on host1) computes other bits than this run: canary must be"
            + " server canary, got Java, canary another canary; leave that host out, or set"
            + " allowDifferentFingerprint: true";
    assertThat(actions)
        .containsExactly(new Action.Note(difference), new Action.Dismiss(1, difference));
  }

  @Test
  void otherBitsThatAreAllowedAreSaidAndMarkTheRun() {
    placement = Placement.PROCESSES;
    servers = 1;
    allowDifferent = true;
    Run run = newRun();
    take(run.processReady(process(1, "another canary"), now));
    take(run.joined(join(0), now));
    take(run.joined(join(1), now));
    assertThat(actions).contains(new Action.Host(Site.process(1), 1, 0, List.of(0)));
    take(run.interrupt(new ToCoordinator.Interrupt("enough")));
    assertThat(outcome().reproducible()).isFalse();
    assertThat(outcome().notes().get(0)).endsWith("; the run is not reproducible");
  }

  @Test
  void aProcessThatHasGoneBeforeItWasReadyIsForgotten() {
    placement = Placement.PROCESSES;
    servers = 1;
    Run run = newRun();
    take(run.joined(join(0), now));
    take(run.joined(join(1), now));
    take(run.processGone(gone(1), now));
    take(run.processReady(process(1), now));
    assertThat(actions).isEmpty();
  }

  @Test
  void aServerThatCannotGoOnIsNamedWithItsProcess() {
    Run run = trainingOnProcesses();
    take(run.serverFailed(new ToCoordinator.ServerFailed(1, 1, "the disk is full")));
    assertThat(outcome().reason())
        .isEqualTo(
            "server 1 of server process 2 (pid 2002 on host2) cannot go on: the disk is full");
    assertThat(outcome().homes())
        .containsExactly(
            new ServerHome(2001, "host1", List.of(0)), new ServerHome(2002, "host2", List.of(1)));
  }

  @Test
  void aProcessThatDiesAfterTheLastStepIsNotWaitedFor() {
    Run run = trainingOnProcesses();
    for (long step = 1; step <= 9; step++) {
      step(run, step);
    }
    for (long step = 2; step <= 10; step += 2) {
      validate(run, 1, step);
    }
    take(run.finished(new ToCoordinator.Finished(0, attempts - 1)));
    take(run.finished(new ToCoordinator.Finished(1, attempts)));
    actions.clear();
    applied(run, 10);
    saved(run, 10);
    assertThat(run.state()).as("the workers' times are waited for").isEqualTo(Run.State.TRAINING);
    take(run.processGone(gone(1), now));
    assertThat(outcome().kind()).isEqualTo(Outcome.Kind.DONE);
  }

  @Test
  void aNoticeIsWrittenDownOnce() {
    Run run = newRun();
    take(run.notice("a server process from 10.0.0.9 was turned away"));
    take(run.notice("a server process from 10.0.0.9 was turned away"));
    assertThat(actions)
        .containsExactly(new Action.Note("a server process from 10.0.0.9 was turned away"));
  }

  private Run trainingOnProcesses() {
    placement = Placement.PROCESSES;
    Run run = newRun();
    take(run.processReady(process(1), now));
    take(run.processReady(process(2), now));
    take(run.joined(join(0), now));
    take(run.joined(join(1), now));
    IntStream.range(0, servers).forEach(server -> take(run.serverReady(ready(1, server), now)));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
    actions.clear();
    return run;
  }

  private static ToCoordinator.ProcessReady process(int number) {
    return process(number, "server canary");
  }

  @SuppressWarnings("NullAway") // the state machine does not look at the actors
  private static ToCoordinator.ProcessReady process(int number, String canary) {
    return new ToCoordinator.ProcessReady(
        TOKEN, number, 2000 + number, "host" + number, new Fingerprint("Java", canary), null);
  }

  private static ToCoordinator.ProcessGone gone(int number) {
    return new ToCoordinator.ProcessGone(number, "killed");
  }

  // --- a small run: 4 streams, 5 chunks, 10 steps, a checkpoint every 2 ---

  private Run newRun() {
    EpochPlan epochs = new EpochPlan(8, 5);
    return new Run(
        new RunPlan(
            TOKEN,
            LAYOUT,
            4,
            List.of(
                new StreamSummary(40, 1),
                new StreamSummary(40, 2),
                new StreamSummary(40, 3),
                new StreamSummary(39, 4)),
            new Milestones(epochs, 10, new Interval(Interval.Unit.STEPS, 2), 2),
            firstStep,
            workers,
            servers,
            placement,
            placement == Placement.PROCESSES ? (processes == 0 ? servers : processes) : 0,
            placement == Placement.PROCESSES ? "server canary" : "",
            "driver:7090",
            sums -> MetricValues.of(Map.of("sum", sums[0])),
            schedule,
            NoiseAverages.NONE,
            false,
            Duration.ofSeconds(60),
            "",
            allowDifferent),
        now);
  }

  private Run training() {
    Run run = newRun();
    IntStream.range(0, workers).forEach(worker -> take(run.joined(join(worker), now)));
    IntStream.range(0, servers).forEach(server -> take(run.serverReady(ready(1, server), now)));
    assertThat(run.state()).isEqualTo(Run.State.TRAINING);
    actions.clear();
    return run;
  }

  private void take(List<Action> more) {
    actions.addAll(more);
  }

  private ToCoordinator.Join join(int worker) {
    return join(worker, 1, "canary");
  }

  @SuppressWarnings("NullAway") // the state machine does not look at the actors
  private ToCoordinator.Join join(int worker, int submission, String canary) {
    attempts++;
    return new ToCoordinator.Join(
        TOKEN,
        submission,
        worker,
        attempts,
        1000 + worker,
        "host",
        new Fingerprint("JDK", canary),
        null,
        null);
  }

  private static ToCoordinator.ServerReady ready(int incarnation, int server) {
    return new ToCoordinator.ServerReady(incarnation, address(server));
  }

  private static ServerAddress address(int server) {
    return new ServerAddress(server, "host", 1, "", "", "");
  }

  private Action begin(int worker, int incarnation) {
    return new Action.Begin(
        worker, incarnation, IntStream.range(0, servers).mapToObj(RunTest::address).toList());
  }

  private Action started(int workersNow) {
    return new Action.Started(workersNow, firstStep, "JDK, canary canary", "canary");
  }

  private void step(Run run, long step) {
    applied(run, step);
    IntStream.range(0, workers).forEach(worker -> times(run, worker, step));
  }

  private void applied(Run run, long step) {
    now += SECOND;
    int incarnation = run.incarnation();
    for (int server = 0; server < servers; server++) {
      if (!LAYOUT.shards(servers).get(server).isEmpty()) {
        take(
            run.stepApplied(
                new ToCoordinator.StepApplied(incarnation, server, report(step, server), now),
                now));
      }
    }
  }

  private StepReport report(long step, int server) {
    var shard = LAYOUT.shards(servers).get(server);
    double[] squares = new double[shard.size()];
    java.util.Arrays.fill(squares, 5);
    return new StepReport(
        step - 1, new Scalars(40, 32, 1000.0 + step, 1), shard.get(0).index(), squares, null);
  }

  private RoundSums round(int server) {
    var shard = LAYOUT.shards(servers).get(server);
    return new RoundSums(
        0,
        0,
        shard.get(0).index(),
        shard.stream().map(chunk -> new double[] {chunk.index()}).toArray(double[][]::new));
  }

  private void times(Run run, int worker, long step) {
    take(
        run.workerTimes(
            new ToCoordinator.WorkerTimes(
                worker, List.of(new StepTimes(step, (1 + worker) * SECOND, 0, 0, 10, 20))),
            now));
  }

  private void checkpoint(Run run, long step) {
    saved(run, step);
    assertThat(published()).contains(step);
  }

  private void saved(Run run, long step) {
    for (int server = 0; server < servers; server++) {
      take(
          run.shardSaved(
              new ToCoordinator.ShardSaved(run.incarnation(), server, step, entry(step, server)),
              now));
    }
  }

  private static ShardEntry entry(long step, int server) {
    return new ShardEntry("step-" + step + "/" + server, 0, 0, 0, "", List.of());
  }

  private static ToCoordinator.ValidationSums sums(int worker, long step, int from, int to) {
    return sums(worker, 1, step, from, to);
  }

  private static ToCoordinator.ValidationSums sums(
      int worker, int incarnation, long step, int from, int to) {
    return new ToCoordinator.ValidationSums(
        worker,
        1,
        incarnation,
        step,
        from,
        to,
        IntStream.range(from, to)
            .mapToObj(m -> new StreamSums(m, m < 3, 10, m + 0.5, 10, new double[] {m}))
            .toList(),
        List.of(),
        SECOND);
  }

  private List<StepRecord> reported() {
    return actions.stream()
        .filter(Action.Report.class::isInstance)
        .map(action -> ((Action.Report) action).step())
        .toList();
  }

  private Action reportOf(long step) {
    return actions.stream()
        .filter(a -> a instanceof Action.Report report && report.step().step() == step)
        .findFirst()
        .orElseThrow();
  }

  private List<Long> published() {
    return actions.stream()
        .filter(Action.Publish.class::isInstance)
        .map(action -> ((Action.Publish) action).step())
        .toList();
  }

  private Outcome outcome() {
    @Nullable Action last = actions.isEmpty() ? null : actions.get(actions.size() - 1);
    assertThat(last).isInstanceOf(Action.End.class);
    return ((Action.End) java.util.Objects.requireNonNull(last)).outcome();
  }
}
