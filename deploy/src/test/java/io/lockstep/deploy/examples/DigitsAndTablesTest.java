package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digits and tables; digits by their first steps alone but for the main example. */
@Asserts({"mnist-mlp.yaml", "mnist-lenet.yaml", "mnist-lamb.yaml", "wine.yaml", "diabetes.yaml"})
class DigitsAndTablesTest {
  @TempDir private Path folder;

  @Test
  void theMainExampleEndsWithTheHashThatTheDocumentsPrint() {
    ExampleRun run = ExampleRun.of("mnist-mlp.yaml", folder);
    assertThat(run.figure("accuracy")).isGreaterThan(0.97);
    assertThat(printedHashes()).isNotEmpty().containsOnly(run.hash());
  }

  private static List<String> printedHashes() {
    return Stream.of(
            "../README.md",
            "README.md",
            "examples/README.md",
            "image/README.md",
            "../k8s/README.md")
        .map(DigitsAndTablesTest::text)
        .flatMap(text -> Pattern.compile("\\b[0-9a-f]{64}\\b").matcher(text).results())
        .map(MatchResult::group)
        .toList();
  }

  private static String text(String document) {
    try {
      return Files.readString(Path.of(document));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
