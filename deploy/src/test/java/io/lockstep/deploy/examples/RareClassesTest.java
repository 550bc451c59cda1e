package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One example of fifty is of the class that matters. */
@Asserts("imbalanced-focal.yaml")
class RareClassesTest {
  @TempDir private Path folder;

  @Test
  void focalLossFindsMoreOfTheRareClassThanCrossEntropy() {
    ExampleRun focal = ExampleRun.of("imbalanced-focal.yaml", folder);
    ExampleRun plain =
        ExampleRun.of("imbalanced-focal.yaml", folder, "loss={type: binary-cross-entropy}");
    assertThat(focal.figure("recall")).isGreaterThan(plain.figure("recall") + 0.1);
    assertThat(focal.figure("auc")).isGreaterThan(0.95);
  }
}
