package io.lockstep.common.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.frame.GradientForm;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunConfigurationTest {
  static final String EXAMPLE =
      """
      name: mnist-mlp
      seed: 42
      data:
        train: {format: idx, features: data/train-images.gz, labels: data/train-labels.gz}
        validation: {format: idx, features: data/test-images.gz, labels: data/test-labels.gz}
        scale: {divide: 255}
        labels: {classes: 10}
      model:
        input: [784]
        layers:
          - {type: dense, name: hidden1, units: 256, activation: relu, initializer: he-normal}
          - {type: dropout, rate: 0.2}
          - {type: dense, name: output, units: 10}
      loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
      optimizer: {type: adamw, learningRate: 1e-3, weightDecay: 0.01}
      schedule: {type: cosine, warmup: {steps: 100, from: 0.0}}
      clip: {type: global-norm, maximum: 1.0}
      batch: {size: 256, slice: 32, incomplete: keep}
      train: {epochs: 5, validateEvery: {epochs: 1}}
      cluster: {master: local, workers: 2, servers: 1, placement: driver, threads: 1}
      checkpoint: {everySteps: 200, keep: 2}
      """;

  @Test
  void everySectionOfTheExampleIsRead() {
    RunConfiguration run = RunConfiguration.parse(EXAMPLE, "example.yaml");
    assertThat(run.name()).isEqualTo("mnist-mlp");
    assertThat(run.seed()).isEqualTo(42);
    assertThat(run.data().scale()).isEqualTo(new Scaling.Divide(255));
    assertThat(run.data().labels()).isEqualTo(new LabelsSection(10, List.of()));
    assertThat(run.data().train().plain()).containsEntry("features", "data/train-images.gz");
    assertThat(run.model().inputs().get("input")).containsExactly(784);
    assertThat(run.model().layers()).hasSize(3);
    assertThat(run.learningRate()).isEqualTo(0.001);
    assertThat(run.optimizer().plain()).containsOnlyKeys("type", "weightDecay");
    assertThat(run.batch().slices()).isEqualTo(8);
    assertThat(run.train().totalSteps(235)).isEqualTo(1175);
    assertThat(run.cluster().placement()).isEqualTo(Placement.DRIVER);
    assertThat(run.checkpoint()).isEqualTo(new CheckpointSection(200, 2));
  }

  @Test
  void batchesThatAccumulateMakeTheStepThatOneLargeBatchMakes() {
    RunConfiguration run =
        RunConfiguration.parse(EXAMPLE, "example.yaml", List.of("batch.accumulate=4"));
    assertThat(run.batch().examples()).isEqualTo(1024);
    assertThat(run.batch().slices()).isEqualTo(32);
    assertThat(RunConfiguration.parse(run.toYaml(), "resolved").batch()).isEqualTo(run.batch());
  }

  @Test
  void theResolvedFormParsesToTheSameResolvedForm() {
    String resolved = RunConfiguration.parse(EXAMPLE, "example.yaml").toYaml();
    assertThat(RunConfiguration.parse(resolved, "resolved").toYaml()).isEqualTo(resolved);
  }

  @Test
  void theWayOfGradientsIsKeptAndSaysWhatItGivesUp() {
    RunConfiguration plain = RunConfiguration.parse(EXAMPLE, "example.yaml");
    assertThat(plain.wire().isLossy()).isFalse();
    assertThat(plain.wire().note()).isEmpty();
    RunConfiguration lossy =
        RunConfiguration.parse(
            EXAMPLE,
            "example.yaml",
            List.of("wire={gradients: bfloat16, lossScale: {type: static, scale: 8}}"));
    assertThat(lossy.wire().gradients()).isEqualTo(GradientForm.BFLOAT16);
    assertThat(lossy.wire().note())
        .hasValue(
            "wire.gradients is bfloat16: partial sums are rounded on their way, so the bits depend"
                + " on the number of workers; the run is not reproducible");
    String resolved = lossy.toYaml();
    assertThat(RunConfiguration.parse(resolved, "resolved").toYaml()).isEqualTo(resolved);
  }
}
