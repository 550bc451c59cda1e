package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.driver.cluster.ClusterSettings;
import io.lockstep.driver.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The promise on real processes: a standalone cluster of two worker processes, runs by Spark's own
 * submit, processes that are killed. {@code -Dlockstep.allCombinations=true} runs every deal of the
 * work instead of a few.
 */
class SameBitsIT {
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final int FEW_STEPS = 20;

  /** Long enough that a run is still on its way when a test that watches its lines strikes. */
  private static final int MLP_STEPS = 6000;

  private static final int CNN_STEPS = 1500;

  /** Lines after which a test strikes. */
  private static final int SOME_STEPS = 300;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Processes processes;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static LocalCluster cluster;

  /** The hash of each configuration, as one process with one worker gives it. */
  private static final Map<Path, FutureTask<String>> HASHES = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    processes = new Processes(folder);
    cluster =
        LocalCluster.start(
            ClusterSettings.of(Installation.sparkHome())
                .withResources(14, 4096)
                .in(folder.resolve("cluster")));
  }

  @AfterAll
  static void stop() throws IOException {
    cluster.close();
  }

  private static String hash(Path configuration) throws Exception {
    FutureTask<String> hash =
        HASHES.computeIfAbsent(
            configuration, unknown -> new FutureTask<>(() -> hashOfOneProcess(unknown)));
    hash.run(); // by whoever comes first; others wait
    return hash.get();
  }

  private static String hashOfOneProcess(Path configuration) throws Exception {
    Path directory = processes.newDirectory();
    Process run = processes.launch(directory, train(configuration, directory));
    return Processes.summary(run, directory).get("weightsSha256").asText();
  }

  private static String[] train(Path configuration, Path directory, String... set) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", configuration.toString(), "--run-dir", directory.toString()));
    for (String value : set) {
      arguments.add("--set");
      arguments.add(value);
    }
    return arguments.toArray(String[]::new);
  }

  private static Process submit(Path configuration, Path directory, String compilers, String... set)
      throws IOException {
    return processes.submit(
        cluster.master(), directory, compilers, train(configuration, directory, set));
  }

  /** A deal of the work over the cluster. */
  private record Deal(String model, int workers, int servers, String placement, int threads) {
    String[] set() {
      return new String[] {
        "cluster.workers=" + workers,
        "cluster.servers=" + servers,
        "cluster.placement=" + placement,
        "cluster.threads=" + threads
      };
    }
  }

  private static List<Deal> deals() {
    if (!Boolean.getBoolean("lockstep.allCombinations")) {
      return List.of(
          new Deal("mlp", 2, 2, "workers", 1),
          new Deal("mlp", 7, 1, "driver", 2),
          new Deal("cnn", 3, 3, "workers", 2),
          new Deal("cnn", 4, 2, "driver", 1));
    }
    List<Deal> deals = new ArrayList<>();
    for (String model : List.of("mlp", "cnn")) {
      for (int workers : List.of(1, 2, 3, 4, 7)) {
        for (int servers : List.of(1, 2, 3)) {
          for (String placement : List.of("driver", "workers")) {
            deals.add(new Deal(model, workers, servers, placement, 1 + (workers + servers) % 2));
          }
        }
      }
    }
    return deals;
  }

  @TestFactory
  Stream<DynamicTest> aClusterGivesTheHashOfOneProcess() {
    return deals().stream()
        .map(deal -> DynamicTest.dynamicTest(deal.toString(), () -> sameHash(deal)));
  }

  private static void sameHash(Deal deal) throws Exception {
    String model = deal.model().equals("mlp") ? Processes.MLP : Processes.CNN;
    Path configuration = processes.configuration(model, FEW_STEPS);
    Path directory = processes.newDirectory();
    JsonNode summary =
        Processes.summary(submit(configuration, directory, "", deal.set()), directory);
    assertThat(summary.get("workers").asInt()).isEqualTo(deal.workers());
    assertThat(summary.get("restarts").asInt()).isZero();
    assertThat(summary.get("reproducible").asBoolean()).isTrue();
    assertThat(summary.get("weightsSha256").asText()).isEqualTo(hash(configuration));
  }

  @ParameterizedTest
  @CsvSource({"driver, 1", "workers, 2"})
  void anExecutorKilledInTheMiddleChangesNothing(String placement, int servers) throws Exception {
    Path configuration = processes.configuration(Processes.MLP, MLP_STEPS);
    Path directory = processes.newDirectory();
    Process run =
        submit(
            configuration,
            directory,
            Processes.BOTH_COMPILERS,
            "cluster.workers=2",
            "cluster.servers=" + servers,
            "cluster.placement=" + placement);
    try {
      await().atMost(LONG).until(() -> !run.isAlive() || Processes.steps(directory) >= SOME_STEPS);
      Processes.killExecutor(cluster, directory);
      JsonNode summary = Processes.summary(run, directory);
      assertThat(summary.get("restarts").asInt()).isPositive();
      assertThat(summary.get("steps").asLong()).isEqualTo(MLP_STEPS);
      assertThat(Processes.steps(directory)).isEqualTo(MLP_STEPS);
      assertThat(summary.get("weightsSha256").asText()).isEqualTo(hash(configuration));
    } finally {
      run.destroyForcibly();
    }
  }

  @Test
  void aDriverKilledInTheMiddleIsResumedWithOtherNumbers() throws Exception {
    Path configuration = processes.configuration(Processes.CNN, CNN_STEPS);
    Path directory = processes.newDirectory();
    Process first =
        submit(
            configuration,
            directory,
            Processes.BOTH_COMPILERS,
            "cluster.workers=2",
            "cluster.servers=2",
            "cluster.placement=workers");
    await().atMost(LONG).until(() -> !first.isAlive() || Processes.steps(directory) >= SOME_STEPS);
    assertThat(first.isAlive()).as(Processes.output(directory)).isTrue();
    List<ProcessHandle> executors = Processes.executors(cluster, directory);
    assertThat(executors).hasSize(2);
    first.destroyForcibly().waitFor();
    await().atMost(LONG).until(() -> executors.stream().noneMatch(LocalCluster::runs));

    List<String> again =
        new ArrayList<>(
            List.of(
                train(
                    configuration,
                    directory,
                    "cluster.workers=3",
                    "cluster.servers=1",
                    "cluster.placement=driver")));
    again.add("--resume");
    Process second = processes.launch(directory, again.toArray(String[]::new));
    JsonNode summary = Processes.summary(second, directory);
    assertThat(Processes.steps(directory)).isEqualTo(CNN_STEPS);
    assertThat(summary.get("weightsSha256").asText()).isEqualTo(hash(configuration));
  }

  @Test
  void aSignalEndsAllWithinSecondsAndTheRunCanBeResumed() throws Exception {
    Path configuration = processes.configuration(Processes.CNN, CNN_STEPS);
    Path directory = processes.newDirectory();
    Process run = processes.launch(directory, train(configuration, directory));
    await().atMost(LONG).until(() -> !run.isAlive() || Processes.steps(directory) >= SOME_STEPS);
    assertThat(run.isAlive()).as(Processes.output(directory)).isTrue();
    run.destroy(); // SIGTERM: what a background job starts inherits a SIGINT that is ignored
    assertThat(run.waitFor(20, TimeUnit.SECONDS)).as("ended after the signal").isTrue();
    assertThat(run.exitValue()).isNotZero();

    List<String> again = new ArrayList<>(List.of(train(configuration, directory)));
    again.add("--resume");
    Process second = processes.launch(directory, again.toArray(String[]::new));
    JsonNode summary = Processes.summary(second, directory);
    assertThat(summary.get("weightsSha256").asText()).isEqualTo(hash(configuration));
  }
}
