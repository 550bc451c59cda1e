package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers in processes of their own, started and killed as a user would. */
class ServerProcessesIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  /** Long enough that the run is still on its way when the test that watches its lines strikes. */
  private static final int STEPS = 4000;

  private static final int SOME_STEPS = 300;

  @TempDir private Path folder;
  private final List<Process> started = new ArrayList<>();
  private Processes processes;
  private Path configuration;
  private int port;

  @BeforeEach
  void prepare() throws IOException {
    processes = new Processes(folder);
    configuration = processes.configuration(Processes.MLP, STEPS);
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private Process launch(Path directory, String... arguments) throws IOException {
    Process process = processes.launch(directory, arguments);
    started.add(process);
    return process;
  }

  private Process server() throws IOException {
    return launch(
        processes.newDirectory(), "server", "--coordinator", "127.0.0.1:" + port, "--forever");
  }

  private Process train(Path directory) throws IOException {
    return launch(
        directory,
        "train",
        configuration.toString(),
        "--run-dir",
        directory.toString(),
        "--set",
        "cluster.placement=processes",
        "--set",
        "cluster.servers=2",
        "--set",
        "cluster.port=" + port);
  }

  private static String hash(JsonNode summary) {
    assertThat(summary.get("steps").asInt()).isEqualTo(STEPS);
    assertThat(summary.get("reproducible").asBoolean()).isTrue();
    return summary.get("weightsSha256").asText();
  }

  @Test
  void aKilledOneIsReplacedAndAllServeTheNextRunWithTheBitsOfServersInTheDriver() throws Exception {
    Path driver = processes.newDirectory();
    Process serversInTheDriver =
        launch(driver, "train", configuration.toString(), "--run-dir", driver.toString());
    Process killed = server();
    Process other = server();
    Path first = processes.newDirectory();
    Process run = train(first);
    await().atMost(LONG).until(() -> !run.isAlive() || Processes.steps(first) >= SOME_STEPS);
    assertThat(run.isAlive()).as(Processes.output(first)).isTrue();
    killed.destroyForcibly().waitFor();
    Process successor = server();
    JsonNode summary = Processes.summary(run, first);
    assertThat(summary.get("restarts").asInt()).as(Processes.output(first)).isEqualTo(1);
    assertThat(Processes.steps(first)).isEqualTo(STEPS);

    Path second = processes.newDirectory();
    JsonNode next = Processes.summary(train(second), second);
    assertThat(next.get("restarts").asInt()).as(Processes.output(second)).isZero();

    String expected = hash(Processes.summary(serversInTheDriver, driver));
    assertThat(hash(summary)).as("with one killed").isEqualTo(expected);
    assertThat(hash(next)).as("the next run").isEqualTo(expected);
    for (Process server : List.of(other, successor)) {
      assertThat(server.isAlive()).as("waits for a third run").isTrue();
      server.destroy();
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).as("ends when it is told to").isTrue();
    }
  }
}
