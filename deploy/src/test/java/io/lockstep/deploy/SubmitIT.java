package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.driver.cluster.ClusterSettings;
import io.lockstep.driver.cluster.LocalCluster;
import java.io.IOException;
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

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Processes processes;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static LocalCluster cluster;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static String hash;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Path jars;

  /** A way to run. */
  private record Way(String mode, String placement, boolean inPlace) {}

  @BeforeAll
  static void start() throws Exception {
    processes = new Processes(folder);
    jars = Files.createDirectory(folder.resolve("jars"));
    Files.copy(
        Installation.applicationJar(), jars.resolve(Installation.applicationJar().getFileName()));
    Path local = processes.newDirectory();
    hash =
        hash(
            Processes.summary(
                processes.launch(
                    local, "train", EXAMPLE, "--run-dir", local.toString(), "--set", SHORT),
                local));
    cluster =
        LocalCluster.start(
            ClusterSettings.of(Installation.sparkHome())
                .withResources(3, 2048)
                .in(folder.resolve("cluster")));
  }

  @AfterAll
  static void stop() throws IOException {
    cluster.close();
  }

  private static List<Way> ways() {
    if (!Boolean.getBoolean("lockstep.allCombinations")) {
      return List.of(
          new Way("client", "driver", false),
          new Way("client", "workers", true),
          new Way("cluster", "driver", true),
          new Way("cluster", "workers", false));
    }
    List<Way> ways = new ArrayList<>();
    for (String mode : List.of("client", "cluster")) {
      for (String placement : List.of("driver", "workers")) {
        ways.add(new Way(mode, placement, false));
        ways.add(new Way(mode, placement, true));
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
    JsonNode summary = Processes.summary(submit(way, directory), directory);
    assertThat(summary.get("workers").asInt()).isEqualTo(2);
    assertThat(summary.get("restarts").asInt()).isZero();
    assertThat(summary.get("placement").asText()).isEqualTo(way.placement());
    assertThat(hash(summary)).isEqualTo(hash);
    assertThat(Processes.output(directory))
        .contains("spark-submit \\\n  --master " + cluster.master())
        .contains("weights sha256")
        .contains(hash);
  }

  private static Process submit(Way way, Path directory) throws IOException {
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
    return processes.launch(directory, arguments.toArray(String[]::new));
  }

  @Test
  void aRunThatFailsOnTheClusterEndsTheCommandWithOne() throws Exception {
    Path directory = processes.newDirectory();
    Files.writeString(Files.createDirectory(directory).resolve("mine.txt"), "not a run");
    Process run = submit(new Way("cluster", "driver", true), directory);
    assertThat(run.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(Processes.output(directory)).contains("lockstep: the run failed; what it printed");
    assertThat(run.exitValue()).isEqualTo(1);
  }

  private static String hash(JsonNode summary) {
    return summary.get("weightsSha256").asText();
  }
}
