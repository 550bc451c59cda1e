package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Residual blocks with batch-norm, by their first steps alone; the whole takes minutes. */
@Asserts("mnist-resnet.yaml")
class ResidualDigitsTest {
  @TempDir private Path folder;

  @Test
  void residualBlocksReadMostDigitsAfterSixtySteps() {
    ExampleRun run =
        ExampleRun.of(
            "mnist-resnet.yaml",
            folder,
            "train.steps=60",
            "train.validateEvery={steps: 60}",
            "data.validation={fraction: 0.02}",
            "schedule={type: constant}",
            "batch.size=128");
    assertThat(run.figure("accuracy")).isGreaterThan(0.8);
  }
}
