package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.report.ValidationRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promise, from files to weights, in one process: the same configuration gives the same hash,
 * whoever computes and whatever fails. {@code -Dlockstep.allCombinations=true} runs all of them
 * instead of every pair.
 */
class SameBitsTest {
  private static final List<Integer> WORKERS = List.of(1, 2, 3, 4, 7);
  private static final List<Integer> SERVERS = List.of(1, 2, 3);
  private static final List<String> PLACEMENTS = List.of("driver", "workers");
  private static final List<Integer> THREADS = List.of(1, 2);
  private static final List<String[]> MODELS =
      List.of(
          new String[] {"mlp, sgd", RunCase.MLP, RunCase.SGD},
          new String[] {"mlp, lamb clipped", RunCase.MLP, RunCase.LAMB},
          new String[] {"cnn, sgd", RunCase.CNN, RunCase.SGD},
          new String[] {"cnn, lamb clipped", RunCase.CNN, RunCase.LAMB},
          new String[] {"batch-norm, lamb clipped", RunCase.NORMALISED, RunCase.LAMB});

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static RunCase runs;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static String data;

  /** The hash of each model and rule, by its first run. */
  private static final Map<String, String> HASHES = new HashMap<>();

  @BeforeAll
  static void writeData() {
    runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
  }

  @TestFactory
  Stream<DynamicTest> theHashDependsOnNothingOfTheCluster() {
    int[] levels = {
      WORKERS.size(), SERVERS.size(), PLACEMENTS.size(), THREADS.size(), MODELS.size()
    };
    List<int[]> rows =
        Boolean.getBoolean("lockstep.allCombinations")
            ? Pairwise.all(levels)
            : Pairwise.rows(levels);
    assertThat(rows.size()).as("runs in one build").isBetween(20, 300);
    return rows.stream().map(SameBitsTest::sameHash);
  }

  private static DynamicTest sameHash(int[] row) {
    String[] model = MODELS.get(row[4]);
    String[] cluster = {
      "cluster.workers=" + WORKERS.get(row[0]),
      "cluster.servers=" + SERVERS.get(row[1]),
      "cluster.placement=" + PLACEMENTS.get(row[2]),
      "cluster.threads=" + THREADS.get(row[3])
    };
    return DynamicTest.dynamicTest(
        model[0] + " " + String.join(" ", cluster),
        () -> {
          Summary summary = runs.run(RunCase.configuration(data, model[1], model[2], cluster));
          assertThat(summary.steps()).isEqualTo(10);
          assertThat(summary.reproducible()).isTrue();
          assertThat(summary.weightsSha256()).isEqualTo(hash(model));
        });
  }

  /** What one worker and one server make of it. */
  private static String hash(String... model) {
    return HASHES.computeIfAbsent(
        model[0],
        name -> runs.run(RunCase.configuration(data, model[1], model[2])).weightsSha256());
  }

  @Test
  void anotherSeedGivesAnotherHash() {
    Summary other = runs.run(RunCase.configuration(data, RunCase.MLP, RunCase.SGD, "seed=43"));
    assertThat(other.weightsSha256()).isNotEqualTo(hash(MODELS.get(0)));
  }

  @Test
  void theOrderOfTheSourceMeansNothing() {
    String shuffled = runs.idx("shuffled", RunCase.shuffled(1));
    assertThat(runs.run(RunCase.configuration(shuffled, RunCase.MLP, RunCase.SGD)).weightsSha256())
        .isEqualTo(hash(MODELS.get(0)));
  }

  @Test
  void filesAndPartitionsMeanNothing() {
    String one = runs.csv("one", RunCase.inOrder(), 1);
    String many = runs.csv("many", RunCase.shuffled(2), 5);
    RunConfiguration first = RunCase.configuration(one, RunCase.MLP, RunCase.SGD);
    RunConfiguration second =
        RunCase.configuration(
            many,
            RunCase.MLP,
            RunCase.SGD,
            "cluster.workers=3",
            "cluster.spark={spark.default.parallelism: '5', spark.sql.files.maxPartitionBytes:"
                + " '4096'}");
    assertThat(runs.run(second).weightsSha256()).isEqualTo(runs.run(first).weightsSha256());
  }

  /** A validation is told to the listener while the workers wait for it: the task still runs. */
  @ParameterizedTest
  @ValueSource(strings = {"driver", "workers"})
  void aTaskThatFailsOnTheWayChangesNothing(String placement) {
    List<String> restarts = new ArrayList<>();
    AtomicBoolean failed = new AtomicBoolean();
    RunListener failing =
        new RunListener() {
          @Override
          public void validation(ValidationRecord validation) {
            if (validation.step() >= 5 && failed.compareAndSet(false, true)) {
              RunCase.interruptWorker();
            }
          }

          @Override
          public void restarted(int count, String reason) {
            restarts.add(reason);
          }
        };
    Path path = runs.newDirectory();
    Summary summary =
        RunCase.run(
            RunCase.configuration(
                data,
                RunCase.MLP,
                RunCase.LAMB,
                "cluster.workers=2",
                "cluster.servers=2",
                "train.steps=200",
                "checkpoint.everySteps=20",
                "cluster.placement=" + placement),
            path,
            failing);
    assertThat(restarts).hasSize(1);
    assertThat(summary.restarts()).isEqualTo(1);
    assertThat(stepsIn(path))
        .isEqualTo(java.util.stream.LongStream.rangeClosed(1, 200).boxed().toList());
    assertThat(summary.weightsSha256())
        .isEqualTo(
            HASHES.computeIfAbsent(
                "200 steps",
                name ->
                    runs.run(
                            RunCase.configuration(
                                data, RunCase.MLP, RunCase.LAMB, "train.steps=200"))
                        .weightsSha256()));
  }

  private static List<Long> stepsIn(Path run) {
    try (Stream<String> lines = Files.lines(run.resolve("steps.jsonl"))) {
      return lines
          .map(line -> Long.valueOf(line.replaceFirst("^\\{\"step\":(\\d+),.*", "$1")))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"driver", "workers"})
  void aResumedRunEndsAsOneThatWasNeverStopped(String placement) throws IOException {
    String[] model = MODELS.get(1);
    Path path = runs.newDirectory();
    RunCase.run(
        RunCase.configuration(
            data,
            model[1],
            model[2],
            "cluster.workers=3",
            "cluster.servers=2",
            "cluster.placement=" + placement),
        path,
        RunListener.NONE);
    Files.delete(path.resolve("checkpoints/step-10/manifest.json"));
    Files.delete(path.resolve("checkpoints/step-9/manifest.json"));
    Files.delete(path.resolve("summary.json"));
    Summary resumed =
        RunCase.resume(
            RunCase.configuration(
                data, model[1], model[2], "cluster.workers=2", "cluster.servers=3"),
            path);
    assertThat(resumed.weightsSha256()).isEqualTo(hash(model));
    assertThat(stepsIn(path)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
  }

  // ---- what follows from validations and from slices

  /** Halved by nearly every validation; one falls on the checkpoint after step 6. */
  private static final String PLATEAU =
      RunCase.SGD
          + "schedule: {type: plateau, metric: accuracy, factor: 0.5, patience: 0, threshold: 0.3}\n";

  private static RunConfiguration plateau(String... set) {
    return RunCase.configuration(
        data,
        RunCase.MLP,
        PLATEAU,
        Stream.concat(Stream.of("train.validateEvery={steps: 2}"), Stream.of(set))
            .toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"driver", "workers"})
  void aRateThatFollowsValidationsIsTheSameOnAnyClusterAndAfterAResume(String placement)
      throws IOException {
    Path plain = runs.newDirectory();
    String hash = RunCase.run(plateau(), plain, RunListener.NONE).weightsSha256();
    List<JsonNode> expected = figures(plain, "learningRate", "loss");
    assertThat(expected.stream().map(line -> line.get("learningRate").asDouble()).distinct())
        .as("the rate falls on the way")
        .hasSizeGreaterThan(2);

    Path path = runs.newDirectory();
    Summary many =
        RunCase.run(
            plateau("cluster.workers=3", "cluster.servers=2", "cluster.placement=" + placement),
            path,
            RunListener.NONE);
    assertThat(many.weightsSha256()).isEqualTo(hash);
    assertThat(figures(path, "learningRate", "loss")).isEqualTo(expected);

    Files.delete(path.resolve("checkpoints/step-10/manifest.json"));
    Files.delete(path.resolve("checkpoints/step-9/manifest.json"));
    Files.delete(path.resolve("summary.json"));
    Summary resumed = RunCase.resume(plateau("cluster.workers=2", "cluster.servers=3"), path);
    assertThat(resumed.weightsSha256()).isEqualTo(hash);
    assertThat(figures(path, "learningRate", "loss")).isEqualTo(expected);
  }

  /**
   * Struck while all workers wait for the validation. Servers beside the workers go with the task,
   * so all goes back to the last checkpoint.
   */
  @ParameterizedTest
  @ValueSource(strings = {"driver", "workers"})
  void aTaskThatFailsDoesNotCountAValidationTwice(String placement) {
    String[] common = {"train.steps=60", "checkpoint.everySteps=4"};
    Path plain = runs.newDirectory();
    String hash = RunCase.run(plateau(common), plain, RunListener.NONE).weightsSha256();
    AtomicBoolean failed = new AtomicBoolean();
    RunListener failing =
        new RunListener() {
          @Override
          public void validation(ValidationRecord validation) {
            if (validation.step() >= 6 && failed.compareAndSet(false, true)) {
              RunCase.interruptWorker();
            }
          }
        };
    Path path = runs.newDirectory();
    RunConfiguration configuration =
        plateau(
            common[0],
            common[1],
            "cluster.workers=2",
            "cluster.servers=2",
            "cluster.placement=" + placement);
    assertThat(RunCase.run(configuration, path, failing).weightsSha256()).isEqualTo(hash);
    assertThat(failed).isTrue();
    assertThat(figures(path, "learningRate")).isEqualTo(figures(plain, "learningRate"));
  }

  @Test
  void anotherIntervalOfValidationIsAnotherRunWhereTheRateFollowsIt() throws IOException {
    Path path = runs.newDirectory();
    RunCase.run(plateau(), path, RunListener.NONE);
    Files.delete(path.resolve("checkpoints/step-10/manifest.json"));
    assertThatThrownBy(() -> RunCase.resume(plateau("train.validateEvery={steps: 3}"), path))
        .hasMessageContaining("differs in train.validateEvery.steps (checkpoint: 2, now: 3)");
  }

  @Test
  void batchesThatAccumulateGiveTheBitsOfOneLargeBatch() {
    RunConfiguration accumulated =
        RunCase.configuration(
            data,
            RunCase.MLP,
            RunCase.SGD,
            "batch.size=8",
            "batch.accumulate=7",
            "cluster.workers=2");
    assertThat(runs.run(accumulated).weightsSha256()).isEqualTo(hash(MODELS.get(0)));
  }

  @Test
  void theNoiseScaleIsTheSameOnAnyClusterAndUndefinedForOneSlice() throws IOException {
    String[] fields = {
      "gradientNorm", "gradientNoiseScale", "gradientNoiseTrace", "gradientSquare"
    };
    Path one = runs.newDirectory();
    RunCase.run(RunCase.configuration(data, RunCase.MLP, RunCase.SGD), one, RunListener.NONE);
    List<JsonNode> expected = figures(one, fields);
    assertThat(expected).hasSize(10).allMatch(line -> line.get("gradientNoiseTrace").isNumber());
    assertThat(expected.get(0).get("gradientNoiseScale").asDouble())
        .as("the first one's ratio")
        .isCloseTo(
            expected.get(0).get("gradientNoiseTrace").asDouble()
                / expected.get(0).get("gradientSquare").asDouble(),
            withinPercentage(1e-9));
    Path many = runs.newDirectory();
    RunCase.run(
        RunCase.configuration(
            data,
            RunCase.MLP,
            RunCase.SGD,
            "cluster.workers=3",
            "cluster.servers=2",
            "cluster.threads=2"),
        many,
        RunListener.NONE);
    assertThat(figures(many, fields)).isEqualTo(expected);
    Files.delete(many.resolve("checkpoints/step-10/manifest.json"));
    Files.delete(many.resolve("summary.json"));
    RunCase.resume(RunCase.configuration(data, RunCase.MLP, RunCase.SGD), many);
    assertThat(figures(many, fields)).as("resumed").isEqualTo(expected);

    Path single = runs.newDirectory();
    RunCase.run(
        RunCase.configuration(
            data, RunCase.MLP, RunCase.SGD, "batch.size=8", "batch.slice=8", "train.steps=2"),
        single,
        RunListener.NONE);
    assertThat(figures(single, fields))
        .allMatch(line -> line.get("gradientNoiseScale").isNull())
        .allMatch(line -> line.get("gradientNoiseTrace").isNull())
        .allMatch(line -> line.get("gradientSquare").isNull());
  }

  /** The named figures of every step. */
  private static List<JsonNode> figures(Path run, String... fields) {
    try (Stream<String> lines = Files.lines(run.resolve("steps.jsonl"))) {
      ObjectMapper json = new ObjectMapper();
      List<JsonNode> figures = new ArrayList<>();
      for (String line : lines.toList()) {
        ObjectNode step = (ObjectNode) json.readTree(line);
        figures.add(step.retain(fields));
      }
      return figures;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
