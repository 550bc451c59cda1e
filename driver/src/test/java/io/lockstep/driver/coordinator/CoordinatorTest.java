package io.lockstep.driver.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.lockstep.common.config.Interval;
import io.lockstep.common.config.Placement;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.Milestones;
import io.lockstep.worker.StreamSums;
import io.lockstep.worker.engine.metric.MetricValues;
import io.lockstep.worker.link.ServerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The actor's part: who is told, who is watched; the decisions are {@link RunTest}'s. */
class CoordinatorTest {
  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final AtomicLong clock = new AtomicLong();
  private final TestProbe<ToServers> driverServers = kit.createTestProbe();
  private final BlockingQueue<Action> acts = new LinkedBlockingQueue<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private boolean officeFails;

  @AfterEach
  void end() {
    kit.shutdownTestKit();
  }

  @Test
  void tellsServersThenWorkersToBegin() {
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    TestProbe<ToWorker> task = kit.createTestProbe();
    coordinator.tell(join(0, 1, task.ref(), driverServers.ref()));
    driverServers.expectMessage(new ToServers.Host(1, 0, List.of(0)));
    ServerAddress address = new ServerAddress(0, "host", 1, "", "", "");
    coordinator.tell(new ToCoordinator.ServerReady(1, address));
    task.expectMessage(new ToWorker.Begin(1, List.of(address)));
  }

  @Test
  void hostsServersWhereTheWorkersAre() {
    ActorRef<ToCoordinator> coordinator = start(Placement.WORKERS);
    TestProbe<ToWorker> task = kit.createTestProbe();
    TestProbe<ToServers> beside = kit.createTestProbe();
    coordinator.tell(join(0, 1, task.ref(), beside.ref()));
    beside.expectMessage(new ToServers.Host(1, 0, List.of(0)));
    driverServers.expectNoMessage();
  }

  @Test
  void aTaskThatEndsIsNoticedAndItsSuccessorTakesOver() throws InterruptedException {
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    TestProbe<ToWorker> first = kit.createTestProbe();
    coordinator.tell(join(0, 1, first.ref(), driverServers.ref()));
    assertThat(nextAct()).isInstanceOf(Action.Started.class);
    first.stop();
    assertThat(nextAct()).isInstanceOf(Action.Restarted.class);
    TestProbe<ToWorker> second = kit.createTestProbe();
    coordinator.tell(join(0, 2, second.ref(), driverServers.ref()));
    coordinator.tell(new ToCoordinator.ServerReady(1, new ServerAddress(0, "host", 1, "", "", "")));
    second.expectMessageClass(ToWorker.Begin.class);
  }

  @Test
  void anAttemptThatIsReplacedWhileItLivesIsSentAway() {
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    TestProbe<ToWorker> first = kit.createTestProbe();
    TestProbe<ToWorker> second = kit.createTestProbe();
    coordinator.tell(join(0, 1, first.ref(), driverServers.ref()));
    coordinator.tell(join(0, 2, second.ref(), driverServers.ref()));
    first.expectMessage(new ToWorker.Refused("attempt 2 has taken over"));
  }

  @Test
  void aTaskThatAsksTwiceIsNotSentAway() {
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    TestProbe<ToWorker> task = kit.createTestProbe();
    coordinator.tell(join(0, 1, task.ref(), driverServers.ref()));
    coordinator.tell(join(0, 1, task.ref(), driverServers.ref()));
    coordinator.tell(new ToCoordinator.ServerReady(1, new ServerAddress(0, "host", 1, "", "", "")));
    task.expectMessageClass(ToWorker.Begin.class);
  }

  @Test
  void aStrangerIsToldToGo() {
    isAnswered(start(Placement.DRIVER));
  }

  /** A stranger's question, whose answer says that the actor has begun and its clock with it. */
  private void isAnswered(ActorRef<ToCoordinator> coordinator) {
    TestProbe<ToWorker> task = kit.createTestProbe();
    coordinator.tell(
        new ToCoordinator.Join(
            "guess",
            1,
            0,
            1,
            1,
            "host",
            new Fingerprint("JDK", "canary"),
            task.ref(),
            driverServers.ref()));
    assertThat(task.expectMessageClass(ToWorker.Refused.class).reason()).contains("token");
  }

  @Test
  void timePassesByTicks() {
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    isAnswered(coordinator);
    clock.addAndGet(Duration.ofSeconds(61).toNanos());
    time.timePasses(Duration.ofSeconds(1));
    assertThat(ended().reason()).contains("no worker joined");
    driverServers.expectMessage(new ToServers.Close());
  }

  @Test
  void theEndIsToldToEverybody() {
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    TestProbe<ToWorker> task = kit.createTestProbe();
    coordinator.tell(join(0, 1, task.ref(), driverServers.ref()));
    coordinator.tell(new ToCoordinator.Interrupt("Ctrl-C"));
    assertThat(task.expectMessageClass(ToWorker.Stop.class).reason()).contains("Ctrl-C");
    assertThat(ended().kind()).isEqualTo(Outcome.Kind.INTERRUPTED);
    kit.createTestProbe().expectTerminated(coordinator);
  }

  @Test
  void whatTheOfficeCannotDoEndsTheRun() {
    officeFails = true;
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    TestProbe<ToWorker> task = kit.createTestProbe();
    coordinator.tell(join(0, 1, task.ref(), driverServers.ref()));
    assertThat(ended().reason()).isEqualTo("the disk is full");
  }

  @Test
  void aDecisionThatBreaksEndsTheRun() {
    ActorRef<ToCoordinator> coordinator = start(Placement.DRIVER);
    TestProbe<ToWorker> task = kit.createTestProbe();
    coordinator.tell(join(0, 1, task.ref(), driverServers.ref()));
    int noSuchStream = 2;
    coordinator.tell(
        new ToCoordinator.ValidationSums(
            0,
            1,
            1,
            1,
            0,
            1,
            List.of(new StreamSums(noSuchStream, true, 1, 1, 1, new double[0])),
            List.of(),
            0));
    assertThat(ended().reason()).startsWith("the coordinator broke: java.lang.ArrayIndex");
    task.expectMessageClass(ToWorker.Stop.class);
  }

  /** How the run has ended. */
  private Outcome ended() {
    return outcome.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private Action nextAct() throws InterruptedException {
    Action act = acts.poll(10, TimeUnit.SECONDS);
    return java.util.Objects.requireNonNull(act, "the office was asked for nothing");
  }

  private ActorRef<ToCoordinator> start(Placement placement) {
    Coordinator.Office office =
        new Coordinator.Office() {
          @Override
          public void act(Action action) {
            if (officeFails) {
              throw new IllegalStateException("the disk is full");
            }
            acts.add(action);
          }

          @Override
          public void end(Outcome end) {
            outcome.complete(end);
          }
        };
    return kit.spawn(Coordinator.create(plan(placement), office, driverServers.ref(), clock::get));
  }

  private static RunPlan plan(Placement placement) {
    return new RunPlan(
        "secret",
        Layout.of(List.of(new TensorSpec("a.W", List.of(2, 2), Role.WEIGHT)), 64),
        2,
        List.of(new StreamSummary(4, 1), new StreamSummary(4, 2)),
        new Milestones(new EpochPlan(4, 1), 5, Interval.NEVER, 5),
        0,
        1,
        1,
        placement,
        placement == Placement.PROCESSES ? 1 : 0,
        "",
        "",
        sums -> MetricValues.of(Map.of()),
        step -> 0.5,
        NoiseAverages.NONE,
        false,
        Duration.ofSeconds(60),
        "",
        false);
  }

  private static ToCoordinator.Join join(
      int worker, long attempt, ActorRef<ToWorker> task, ActorRef<ToServers> servers) {
    return new ToCoordinator.Join(
        "secret", 1, worker, attempt, 1, "host", new Fingerprint("JDK", "canary"), task, servers);
  }
}
