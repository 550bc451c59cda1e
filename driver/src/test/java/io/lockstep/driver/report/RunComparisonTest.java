package io.lockstep.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.checkpoint.Agreement;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.checkpoint.ShardWriter;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.driver.report.RunComparison.Difference;
import io.lockstep.driver.report.RunComparison.StepDifference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunComparisonTest {
  private static final List<TensorSpec> TENSORS =
      List.of(
          new TensorSpec("output.W", List.of(4, 3), Role.WEIGHT),
          new TensorSpec("output.b", List.of(3), Role.BIAS));

  @TempDir private Path folder;

  @Test
  void runsOfOtherClustersWithTheSameBitsAreTheSame() {
    RunDirectory one = run("one", Runs.configuration("cluster.workers=1"), 0);
    RunDirectory two = run("two", Runs.configuration("cluster.workers=3"), 0);
    RunComparison comparison = RunComparison.of(one, two);
    assertThat(comparison.same()).isTrue();
    assertThat(comparison.configuration())
        .containsExactly(new Difference("cluster.workers", "1", "3", false));
    assertThat(comparison.fingerprints()).isEmpty();
  }

  @Test
  void theFirstStepAndTheFirstTensorAreNamed() {
    RunDirectory one = run("one", Runs.configuration(), 0);
    RunDirectory two = run("two", Runs.configuration("seed=43"), 3);
    RunComparison comparison = RunComparison.of(one, two);
    assertThat(comparison.same()).isFalse();
    assertThat(comparison.configuration())
        .containsExactly(new Difference("seed", "42", "43", true));
    assertThat(comparison.step())
        .contains(new StepDifference("steps.jsonl", 3, "loss", "0.25", "0.5"));
    assertThat(comparison.tensor())
        .contains(new TensorDifference("checkpoint step-4", "output.W", 10, "10.0", "10.5"));
  }

  @Test
  void withoutCheckpointsTheWeightsAreCompared() {
    RunDirectory one = run("one", Runs.configuration(), 0);
    RunDirectory two = run("two", Runs.configuration(), 0);
    weights(one, 14, 0f);
    weights(two, 14, -0f);
    assertThat(RunComparison.of(one, two).tensor())
        .contains(new TensorDifference("model.safetensors", "output.b", 2, "0.0", "-0.0"));
  }

  @Test
  void aRunThatEndsEarlierParts() {
    RunDirectory one = run("one", Runs.configuration(), 0);
    RunDirectory two = run("two", Runs.configuration(), 0);
    two.cutBack(4);
    assertThat(RunComparison.of(one, two).step())
        .contains(new StepDifference("steps.jsonl", 5, "the step", "present", "absent"));
  }

  @Test
  void aValidationThatDiffersIsNamedByItsMetric() {
    RunDirectory one = run("one", Runs.configuration(), 0);
    RunDirectory two = run("two", Runs.configuration(), 0);
    one.validation(new ValidationRecord(4, 1, 10, 0.5, Map.of("accuracy", 0.5), 1));
    two.validation(new ValidationRecord(4, 1, 10, 0.5, Map.of("accuracy", 0.6), 2));
    assertThat(RunComparison.of(one, two).step())
        .contains(new StepDifference("validation.jsonl", 4, "accuracy", "0.5", "0.6"));
  }

  @Test
  void fingerprintsAreCompared() {
    RunDirectory one = run("one", Runs.configuration(), 0);
    RunDirectory two = run("two", Runs.configuration(), 0);
    two.writeConfiguration(Runs.configuration(), "another");
    assertThat(RunComparison.of(one, two).fingerprints())
        .containsExactly(new Difference("fingerprint", "same", "another", true));
  }

  /** A run of five steps; from step {@code parts} on its numbers are others, 0 for never. */
  private RunDirectory run(String name, RunConfiguration configuration, long parts) {
    RunDirectory run = RunDirectory.create(folder.resolve(name));
    run.writeConfiguration(configuration, "same");
    for (long step = 1; step <= 5; step++) {
      run.step(Runs.step(step, parts > 0 && step >= parts ? 0.5 : 0.25));
    }
    checkpoint(run, configuration, 2, 0);
    checkpoint(run, configuration, 4, parts > 0 ? 0.5f : 0);
    return run;
  }

  private static void checkpoint(
      RunDirectory run, RunConfiguration configuration, long step, float change) {
    Layout layout = Layout.of(TENSORS, 5);
    Checkpoints checkpoints = new Checkpoints(run.checkpoints());
    int chunks = layout.chunks().size();
    try (ShardWriter writer =
        ShardWriter.create(checkpoints.store(), layout, step, 0, 1, 0, chunks)) {
      for (Chunk chunk : layout.chunks()) {
        float[] parameters = new float[chunk.length()];
        for (int i = 0; i < parameters.length; i++) {
          long element = chunk.offset() + i;
          parameters[i] = element + (element >= 10 ? change : 0);
        }
        writer.write(chunk, parameters, new float[0][]);
      }
      checkpoints.publish(
          new Manifest(
              Manifest.FORMAT,
              step,
              0,
              Agreement.of(configuration.plain()),
              5,
              TENSORS,
              List.of(),
              Map.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              "same",
              List.of(writer.commit())));
    }
  }

  private static void weights(RunDirectory run, int element, float value) {
    float[] values = new float[15];
    values[element] = value;
    try (SafetensorsWriter writer = run.writeModel(TENSORS)) {
      writer.write(values, 0, 15);
      writer.finish();
    }
  }
}
