package io.lockstep.driver.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.StepTimes;
import io.lockstep.worker.StreamSums;
import io.lockstep.worker.link.Endpoint;
import io.lockstep.worker.link.ServerAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class KryoSerializerTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "serializer",
          ProcessSystem.configuration(
              Endpoint.at("127.0.0.1"), Duration.ofSeconds(1), Duration.ofSeconds(30)));
  private static final TestProbe<ToWorker> TASK = KIT.createTestProbe();
  private static final TestProbe<ToServers> SERVERS = KIT.createTestProbe();
  private static final ServerAddress ADDRESS =
      new ServerAddress(1, "host", 4711, "/tmp/s", "boot", "token");
  private static final double[][] SUMS = {{1.5, Double.NaN}, {}, {-0.0}};

  /** One of every message that another process may send. */
  private static final List<Object> MESSAGES =
      List.of(
          new ToCoordinator.Join(
              "token",
              2,
              3,
              Long.MAX_VALUE,
              4711,
              "host",
              new Fingerprint("JDK", "canary"),
              TASK.ref(),
              SERVERS.ref()),
          new ToCoordinator.ProcessReady(
              "token", 2, 4711, "host", new Fingerprint("JDK", "canary"), SERVERS.ref()),
          new ToCoordinator.ServerReady(3, ADDRESS),
          new ToCoordinator.ServerFailed(3, 1, "no"),
          new ToCoordinator.ServerNotFinite(3, 1, 7, "step 7: no"),
          new ToCoordinator.StepApplied(
              3,
              1,
              new StepReport(
                  7,
                  new Scalars(1.5, 2.5, 3.5, 1),
                  4,
                  new double[] {1, 2, 3},
                  new ScaledStep(0.5, true)),
              12345),
          new ToCoordinator.RoundReady(3, new RoundSums(7, 1, 4, SUMS)),
          new ToCoordinator.ShardSaved(
              3, 1, 8, new ShardEntry("file", 0, 4, 99, "00c0ffee", List.of(1.0, 2.0))),
          new ToCoordinator.ValidationSums(
              2,
              5,
              3,
              8,
              0,
              2,
              List.of(
                  new StreamSums(0, true, 10, 1.25, 10, new double[] {9}),
                  new StreamSums(1, false, 0, 0, 0, new double[0])),
              List.of(new StreamSums(0, true, 10, 1.5, 10, new double[] {8})),
              17),
          new ToCoordinator.WorkerTimes(2, List.of(new StepTimes(1, 2, 3, 4, 5, 6))),
          new ToCoordinator.NotFinite(2, 8, 5, "hidden.W"),
          new ToCoordinator.LinkLost(2, 5, 3, "reset"),
          new ToCoordinator.Finished(2, 5),
          new ToCoordinator.Hopeless(2, "changed"),
          new ToWorker.Begin(3, List.of(ADDRESS, ADDRESS.tcpOnly())),
          new ToWorker.Validated(8, List.of(0.5, Double.POSITIVE_INFINITY)),
          new ToWorker.Stop("done"),
          new ToWorker.Refused("stranger"),
          new ToServers.Host(3, 8, List.of(0, 2)),
          new ToServers.Totals(3, 7, 1, SUMS),
          new ToServers.Heard(),
          new ToServers.Close());

  @AfterAll
  static void end() {
    KIT.shutdownTestKit();
  }

  @TestFactory
  Stream<DynamicTest> everyMessageComesBackAsItWas() {
    Serialization serialization = SerializationExtension.get(KIT.system());
    return MESSAGES.stream()
        .map(
            message ->
                DynamicTest.dynamicTest(
                    message.getClass().getSimpleName(),
                    () -> {
                      var serializer = serialization.findSerializerFor(message);
                      assertThat(serializer).isInstanceOf(KryoSerializer.class);
                      Object back = serializer.fromBinary(serializer.toBinary(message));
                      assertThat(back)
                          .usingRecursiveComparison()
                          .withComparatorForType(Double::compare, Double.class)
                          .isEqualTo(message)
                          .hasSameClassAs(message);
                    }));
  }

  @Test
  void everyMessageThatLeavesAProcessIsTested() {
    List<Class<?>> local =
        List.of(
            ToCoordinator.ProcessGone.class,
            ToCoordinator.Notice.class,
            ToCoordinator.TaskFailed.class,
            ToCoordinator.JobEnded.class,
            ToCoordinator.Interrupt.class,
            ToCoordinator.Enough.class,
            ToCoordinator.AskAgain.class,
            ToCoordinator.TaskGone.class,
            ToCoordinator.Tick.class);
    List<Class<?>> protocols =
        Stream.of(ToCoordinator.class, ToWorker.class, ToServers.class)
            .<Class<?>>flatMap(protocol -> Arrays.stream(protocol.getPermittedSubclasses()))
            .filter(message -> !local.contains(message))
            .toList();
    assertThat(MESSAGES.stream().<Class<?>>map(Object::getClass).toList())
        .containsExactlyInAnyOrderElementsOf(protocols);
    assertThat(KryoSerializer.CLASSES).containsAll(protocols);
  }

  @Test
  void anUnknownClassIsNeitherWrittenNorRead() {
    var serializer = SerializationExtension.get(KIT.system()).findSerializerFor(MESSAGES.get(1));
    assertThatThrownBy(() -> serializer.toBinary(new java.util.BitSet()))
        .hasMessageContaining("Class is not registered: java.util.BitSet");
    assertThatThrownBy(() -> serializer.fromBinary(new byte[] {1, 100, 100, 100}))
        .isInstanceOf(RuntimeException.class);
  }
}
