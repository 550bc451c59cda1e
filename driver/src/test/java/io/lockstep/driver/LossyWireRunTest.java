package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.checkpoint.CheckpointException;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.report.ValidationRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs whose gradients are rounded on their way, in one process. */
class LossyWireRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Overflows float16 at first: ten steps are not all skipped. */
  private static final String HUGE =
      "wire={gradients: float16, lossScale: {type: dynamic, initial: 1048576, growthInterval: 4}}";

  private static final String NOTE =
      "wire.gradients is float16: partial sums are rounded on their way, so the bits depend on the"
          + " number of workers; the run is not reproducible";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static RunCase runs;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static String data;

  @BeforeAll
  static void writeData() {
    runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
  }

  private static Summary run(Path path, String rule, String... set) {
    return RunCase.run(RunCase.configuration(data, RunCase.MLP, rule, set), path, RunListener.NONE);
  }

  private static List<JsonNode> steps(Path path) throws IOException {
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(path.resolve("steps.jsonl"))) {
      steps.add(JSON.readTree(line));
    }
    return steps;
  }

  @ParameterizedTest
  @ValueSource(strings = {"float16", "bfloat16"})
  void aNarrowFormTrainsToTheLossOfFloat32AndSaysWhatItGaveUp(String form) throws IOException {
    String scale =
        "wire.lossScale={type: " + (form.equals("float16") ? "static, scale: 64}" : "none}");
    Path exact = runs.newDirectory();
    Summary float32 = run(exact, RunCase.SGD, "train.steps=60", "cluster.workers=2");
    Path path = runs.newDirectory();
    Summary lossy =
        run(
            path,
            RunCase.SGD,
            "train.steps=60",
            "cluster.workers=2",
            "wire.gradients=" + form,
            scale);
    double first = steps(exact).get(0).path("loss").asDouble();
    assertThat(float32.trainLoss()).isLessThan(0.7 * first);
    // Measured: 2e-9 apart for float16, 8e-6 for bfloat16.
    assertThat(lossy.trainLoss()).isCloseTo(float32.trainLoss(), Offset.offset(1e-4));
    assertThat(lossy.weightsSha256()).isNotEqualTo(float32.weightsSha256());
    assertThat(lossy.reproducible()).isFalse();
    assertThat(lossy.notes()).contains(NOTE.replace("float16", form));
    assertThat(lossy.skippedSteps()).hasValue(0);
    assertThat(float32.reproducible()).isTrue();
    assertThat(float32.skippedSteps()).isEmpty();
    assertThat(float32.notes()).isEmpty();
    assertThat(steps(exact)).noneMatch(step -> step.has("skipped") || step.has("lossScale"));
    assertThat(Files.readString(exact.resolve("summary.json"))).doesNotContain("skippedSteps");
  }

  /** LAMB has rounds of its own behind the check's and the clip's. */
  @ParameterizedTest
  @ValueSource(strings = {RunCase.SGD, RunCase.LAMB})
  void anOverflowSkipsTheStepLowersTheScaleAndGoesOnWithTheSameBitsOnAnyServers(String rule)
      throws IOException {
    String hash = null;
    for (String cluster :
        List.of(
            "{servers: 1, workers: 2}",
            "{servers: 2, workers: 2, placement: workers}",
            "{servers: 3, workers: 2, threads: 2}")) {
      Path path = runs.newDirectory();
      Summary summary = run(path, rule, HUGE, "cluster=" + cluster);
      List<JsonNode> steps = steps(path);
      assertThat(steps).hasSize(10);
      assertThat(steps.get(0).path("lossScale").asDouble()).isEqualTo(1048576);
      assertThat(steps.get(0).path("skipped").asBoolean()).isTrue();
      assertThat(steps.get(0).path("gradientNorm").isNull()).isTrue();
      assertThat(steps.get(1).path("lossScale").asDouble()).isEqualTo(524288);
      long skipped = steps.stream().filter(step -> step.path("skipped").asBoolean()).count();
      assertThat(skipped).isBetween(1L, 9L);
      assertThat(summary.skippedSteps()).hasValue(skipped);
      assertThat(JSON.readTree(path.resolve("summary.json").toFile()).path("skippedSteps").asLong())
          .isEqualTo(skipped);
      hash = hash == null ? summary.weightsSha256() : hash;
      assertThat(summary.weightsSha256()).as(cluster).isEqualTo(hash);
    }
  }

  @Test
  void aResumedRunGoesOnWithTheScaleAndEndsAsOneThatWasNeverStopped() throws IOException {
    Path whole = runs.newDirectory();
    Summary expected = run(whole, RunCase.LAMB, HUGE, "cluster.workers=2");
    Path path = runs.newDirectory();
    run(path, RunCase.LAMB, HUGE, "cluster.workers=2", "cluster.servers=2");
    Files.delete(path.resolve("checkpoints/step-10/manifest.json"));
    Files.delete(path.resolve("checkpoints/step-9/manifest.json"));
    Files.delete(path.resolve("summary.json"));
    Summary resumed =
        RunCase.resume(
            RunCase.configuration(
                data,
                RunCase.MLP,
                RunCase.LAMB,
                HUGE,
                "cluster.workers=2",
                "cluster.servers=3",
                "cluster.placement=workers"),
            path);
    assertThat(resumed.weightsSha256()).isEqualTo(expected.weightsSha256());
    assertThat(resumed.skippedSteps()).isEqualTo(expected.skippedSteps());
    assertThat(scales(path)).isEqualTo(scales(whole));
  }

  private static List<Double> scales(Path path) throws IOException {
    return steps(path).stream().map(step -> step.path("lossScale").asDouble()).toList();
  }

  /** Workers wait while a validation is told, so the failure always strikes a running task. */
  @ParameterizedTest
  @ValueSource(strings = {"driver", "workers"})
  void aTaskThatFailsOnTheWayChangesNothing(String placement) throws IOException {
    String[] set = {
      "wire={gradients: float16, lossScale: {type: dynamic, initial: 1048576, growthInterval: 7}}",
      "train.steps=40",
      "train.validateEvery={steps: 5}",
      "cluster.workers=2",
      "cluster.servers=2",
      "checkpoint.everySteps=10",
      "cluster.placement=" + placement
    };
    Path steady = runs.newDirectory();
    Summary expected = run(steady, RunCase.LAMB, set);
    AtomicBoolean failed = new AtomicBoolean();
    Path path = runs.newDirectory();
    Summary summary =
        RunCase.run(
            RunCase.configuration(data, RunCase.MLP, RunCase.LAMB, set),
            path,
            new RunListener() {
              @Override
              public void validation(ValidationRecord validation) {
                if (validation.step() == 15 && failed.compareAndSet(false, true)) {
                  RunCase.interruptWorker();
                }
              }
            });
    assertThat(summary.restarts()).isEqualTo(1);
    assertThat(summary.weightsSha256()).isEqualTo(expected.weightsSha256());
    assertThat(summary.skippedSteps()).isEqualTo(expected.skippedSteps());
    assertThat(scales(path)).isEqualTo(scales(steady));
  }

  @Test
  void aRunCannotBeResumedOverAnotherWire() {
    Path path = runs.newDirectory();
    run(path, RunCase.SGD, "wire.gradients=bfloat16");
    assertThatThrownBy(
            () -> RunCase.resume(RunCase.configuration(data, RunCase.MLP, RunCase.SGD), path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("wire.gradients (checkpoint: bfloat16, now: float32)");
  }

  @Test
  void anotherNumberOfWorkersMayGiveOtherBits() {
    Summary one = run(runs.newDirectory(), RunCase.SGD, "wire.gradients=bfloat16");
    Summary three =
        run(runs.newDirectory(), RunCase.SGD, "wire.gradients=bfloat16", "cluster.workers=3");
    assertThat(three.weightsSha256()).isNotEqualTo(one.weightsSha256());
  }
}
