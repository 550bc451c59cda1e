package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.driver.cluster.ClusterSettings;
import io.lockstep.driver.cluster.LocalCluster;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main example by {@code deploy/lockstep submit} on a standalone cluster of two worker
 * processes. {@code -Dlockstep.allCombinations=true} tries every way instead of every pair.
 */
class SubmitIT {
  private static final String EXAMPLE = "deploy/examples/mnist-mlp.yaml";

  /** Of the example's 1175: long enough for a validation and a checkpoint at the end. */
  private static final String SHORT = "train.steps=40";

  private static final List<String> PLACEMENTS = List.of("driver", "workers", "processes");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Processes processes;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static LocalCluster cluster;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static String hash;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Path jars;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Path events;

  /** A way to run. */
  private record Way(String mode, String placement, boolean inPlace) {
    boolean serverProcesses() {
      return placement.equals("processes");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    processes = new Processes(folder);
    jars = Files.createDirectory(folder.resolve("jars"));
    events = Files.createDirectory(folder.resolve("events"));
    Files.copy(
        Installation.applicationJar(), jars.resolve(Installation.applicationJar().getFileName()));
    Path local = processes.newDirectory();
    Process run =
        processes.launch(local, "train", EXAMPLE, "--run-dir", local.toString(), "--set", SHORT);
    cluster =
        LocalCluster.start(
            ClusterSettings.of(Installation.sparkHome())
                .withResources(6, 4096)
                .in(folder.resolve("cluster")));
    hash = hash(Processes.summary(run, local));
  }

  @AfterAll
  static void theSecretOfTheServerProcessesIsInNoFile() throws IOException {
    try {
      assertThatTheSecretIsInNoFile();
    } finally {
      cluster.close();
    }
  }

  /** Each pair of mode, placement and jars; or all. */
  private static List<Way> ways() {
    List<Way> ways = new ArrayList<>();
    for (String mode : List.of("client", "cluster")) {
      for (String placement : PLACEMENTS) {
        for (boolean inPlace : new boolean[] {false, true}) {
          boolean chosen = inPlace == (mode.equals("cluster") ^ placement.equals("workers"));
          if (chosen || Boolean.getBoolean("lockstep.allCombinations")) {
            ways.add(new Way(mode, placement, inPlace));
          }
        }
      }
    }
    return ways;
  }

  @TestFactory
  Stream<DynamicTest> everyWayGivesTheHashOfOneProcess() {
    return ways().stream().map(way -> DynamicTest.dynamicTest(way.toString(), () -> sameHash(way)));
  }

  private static void sameHash(Way way) throws Exception {
    Path directory = processes.newDirectory();
    int port = freePort();
    List<Process> servers = way.serverProcesses() ? servers(port) : List.of();
    try {
      JsonNode summary = Processes.summary(submit(way, directory, port), directory);
      assertThat(summary.get("workers").asInt()).isEqualTo(2);
      assertThat(summary.get("restarts").asInt()).isZero();
      assertThat(summary.get("placement").asText()).isEqualTo(way.placement());
      assertThat(hash(summary)).isEqualTo(hash);
      assertThat(Processes.output(directory))
          .contains("spark-submit \\\n  --master " + cluster.master())
          .contains("weights sha256")
          .contains(hash);
      for (Process server : servers) {
        assertThat(server.waitFor(30, TimeUnit.SECONDS)).as("a server process ends").isTrue();
        assertThat(server.exitValue()).isZero();
      }
    } finally {
      servers.forEach(Process::destroyForcibly);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  /** Two processes, which wait for their driver. */
  private static List<Process> servers(int port) throws IOException {
    List<Process> servers = new ArrayList<>();
    for (int process = 0; process < 2; process++) {
      servers.add(
          processes.launch(
              processes.newDirectory(), "server", "--coordinator", "127.0.0.1:" + port));
    }
    return servers;
  }

  private static Process submit(Way way, Path directory, int port) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "submit",
                EXAMPLE,
                "--master",
                cluster.master(),
                "--deploy-mode",
                way.mode(),
                "--run-dir",
                directory.toString(),
                "--set",
                SHORT,
                "--set",
                "cluster.placement=" + way.placement(),
                "--conf",
                "spark.executor.memory=512m",
                "--conf",
                "spark.driver.memory=600m"));
    if (way.inPlace()) {
      arguments.addAll(List.of("--jars-in-place", jars.toString()));
    }
    if (way.serverProcesses()) {
      arguments.addAll(List.of("--set", "cluster.servers=2", "--set", "cluster.port=" + port));
      arguments.addAll(List.of("--conf", "spark.eventLog.enabled=true"));
      arguments.addAll(List.of("--conf", "spark.eventLog.dir=" + events.toUri()));
      arguments.addAll(List.of("--conf", "spark.eventLog.compress=false"));
    }
    return processes.launch(directory, arguments.toArray(String[]::new));
  }

  /**
   * Of both modes: what was printed, what Spark's daemons wrote down of the drivers and executors
   * that they started, and the events, which hold what Spark's page shows of a run's environment.
   */
  private static void assertThatTheSecretIsInNoFile() throws IOException {
    assertThat(filesWith("SparkListenerEnvironmentUpdate")).isNotEmpty();
    assertThat(filesWith("Launch Command")).isNotEmpty();
    assertThat(filesWith(Processes.SECRET)).isEmpty();
  }

  private static List<Path> filesWith(String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        boolean searched = !file.toString().endsWith(".jar");
        if (searched && Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  @Test
  void aRunThatFailsOnTheClusterEndsTheCommandWithOne() throws Exception {
    Path directory = processes.newDirectory();
    Files.writeString(Files.createDirectory(directory).resolve("mine.txt"), "not a run");
    Process run = submit(new Way("cluster", "driver", true), directory, 0);
    assertThat(run.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(Processes.output(directory)).contains("lockstep: the run failed; what it printed");
    assertThat(run.exitValue()).isEqualTo(1);
  }

  private static String hash(JsonNode summary) {
    return summary.get("weightsSha256").asText();
  }
}
