package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digits and tables; digits by their first steps alone, the whole takes minutes. */
@Asserts({"mnist-mlp.yaml", "mnist-lenet.yaml", "mnist-lamb.yaml", "wine.yaml", "diabetes.yaml"})
class DigitsAndTablesTest {
  @TempDir private Path folder;

  @Test
  void aPerceptronOfLayersReadsFourDigitsOfFiveAfterHundredSteps() {
    assertThat(digits("mnist-mlp.yaml", 100)).isGreaterThan(0.85);
  }

  @Test
  void convolutionsReadFourDigitsOfFiveAfterTwentySteps() {
    assertThat(digits("mnist-lenet.yaml", 20)).isGreaterThan(0.75);
  }

  @Test
  void lambReadsFourDigitsOfFiveAfterFifteenLargeSteps() {
    assertThat(digits("mnist-lamb.yaml", 15)).isGreaterThan(0.75);
  }

  private double digits(String example, int steps) {
    return ExampleRun.of(
            example, folder, "train.steps=" + steps, "train.validateEvery={steps: 1000}")
        .figure("accuracy");
  }

  @Test
  void winesAreToldApart() {
    assertThat(ExampleRun.of("wine.yaml", folder).figure("accuracy")).isGreaterThan(0.9);
  }

  @Test
  void aDiseaseIsForetoldBetterThanByItsMean() {
    assertThat(ExampleRun.of("diabetes.yaml", folder).figure("r2")).isGreaterThan(0.4);
  }
}
