package io.lockstep.driver.server.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.FolderStore;
import io.lockstep.common.config.Interval;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.frame.GradientForm;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.worker.Milestones;
import io.lockstep.worker.link.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostedServersTest {
  private static final int STEPS = 5;

  @TempDir private Path folder;
  private final List<ToCoordinator> said = new ArrayList<>();

  private HostedServers servers;

  @BeforeEach
  void begin() {
    servers = new HostedServers(plan(folder), said::add);
  }

  @AfterEach
  void end() {
    servers.close();
  }

  @Test
  void aHostThatIsToldAgainSaysAgainWhereItsServersAre() {
    servers.host(2, 0, List.of(0, 1));
    assertThat(said).hasSize(2).allMatch(ToCoordinator.ServerReady.class::isInstance);
    List<ToCoordinator> first = List.copyOf(said);
    said.clear();
    servers.host(2, 0, List.of(0, 1));
    assertThat(said).isEqualTo(first);
  }

  @Test
  void anEarlierIncarnationIsNotHostedAnyMore() {
    servers.host(2, 0, List.of(0));
    said.clear();
    servers.host(1, 0, List.of(0));
    assertThat(said).isEmpty();
  }

  @Test
  void aCheckpointThatIsNotThereEndsTheRunAndSaysWhich() {
    servers.host(1, 40, List.of(0));
    assertThat(said)
        .singleElement()
        .satisfies(
            message ->
                assertThat(((ToCoordinator.ServerFailed) message).reason())
                    .contains("checkpoint step-40", "NoSuchFileException"));
  }

  @Test
  void aFailureIsSaidAgain() {
    servers.host(1, 40, List.of(0));
    servers.host(1, 40, List.of(0));
    assertThat(said).hasSize(2).allMatch(ToCoordinator.ServerFailed.class::isInstance);
  }

  /** LAMB needs a round of sums, a clip by norm another. */
  @Test
  void aRunWhoseMessagesAreLostOnTheWayComesToTheSameBits() throws Exception {
    Synthetic synthetic = new Synthetic(7, 3, 20, "lamb", 1);
    assertThat(synthetic.plan().rounds()).isEqualTo(2);
    try (LossyCoordinator coordinator =
        new LossyCoordinator(synthetic, plan(folder, synthetic), STEPS)) {
      await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                coordinator.tellHosts();
                return coordinator.hasHeardAll();
              });
      assertThat(coordinator.parameters()).isEqualTo(synthetic.train(STEPS).get(STEPS));
      assertThat(coordinator.lost()).as("messages lost on the way").isGreaterThan(STEPS);
    }
  }

  private static ServerPlan plan(Path folder) {
    return plan(folder, new Synthetic(1, 2, 20, "sgd", 0));
  }

  static ServerPlan plan(Path folder, Synthetic synthetic) {
    float[] parameters = synthetic.parameters();
    return new ServerPlan(
        "secret",
        2,
        synthetic.layout(),
        synthetic.tree(),
        GradientForm.FLOAT32,
        synthetic.plan(),
        Synthetic::learningRate,
        Synthetic.BASE_LEARNING_RATE,
        (tensor, from, target, length) ->
            System.arraycopy(
                parameters,
                (int) synthetic.layout().tensorOffset(tensor) + from,
                target,
                0,
                length),
        false,
        new Milestones(new EpochPlan(4, 1), STEPS, Interval.NEVER, STEPS),
        new Checkpoints(new FolderStore(folder.resolve("checkpoints"))),
        Endpoint.at("127.0.0.1"),
        folder.resolve("sockets"));
  }
}
