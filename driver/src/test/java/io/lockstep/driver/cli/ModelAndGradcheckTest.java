package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.cli.LockstepTest.Output;
import io.lockstep.worker.engine.check.GradientReport;
import io.lockstep.worker.engine.check.GradientReport.Coordinate;
import io.lockstep.worker.engine.check.GradientReport.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelAndGradcheckTest {
  private static final String WINE = "../deploy/examples/wine.yaml";

  @Test
  void aModelIsShownWithWhatItsLayersCost() {
    Output output = LockstepTest.run("model", WINE);
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
    List<String> lines = output.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
    // a slice of 8: 2 * 8 * 13 * 16 forward, as many backward; 2 * 8 * 16 * 3, twice backward
    assertThat(lines)
        .startsWith("layer type inputs output parameters forward backward keeps")
        .contains("hidden dense input [16] 224 3.33 k 3.33 k 512 B")
        .contains("output dense hidden [3] 51 768 1.54 k 96 B")
        .contains("parameters 275 1.1 KiB")
        .contains("optimizer state adam 2.1 KiB")
        .contains("forward FLOPs of a slice 4.10 k")
        .contains("backward FLOPs of a slice 4.86 k")
        .contains("step FLOPs of its 4 slices 35.8 k");
  }

  @Test
  void tensorsOfAnotherLayerAreCountedThere(@TempDir Path folder) throws IOException {
    Path siamese = folder.resolve("siamese.yaml");
    Files.writeString(
        siamese,
        """
        data:
          train: {format: csv, path: pairs.csv, label: same}
          labels: {regression: true}
        model:
          inputs: {a: [3], b: [3]}
          layers:
            - {name: left, type: dense, units: 2, inputs: [a]}
            - {name: right, type: dense, units: 2, inputs: [b], share: left}
            - {type: concatenate, inputs: [left, right]}
            - {name: output, type: dense, units: 1}
        loss: {type: mse}
        optimizer: {type: sgd, learningRate: 0.1}
        batch: {size: 4, slice: 2}
        train: {epochs: 1}
        """);
    Output output = LockstepTest.run("model", siamese.toString());
    assertThat(output.err()).isEmpty();
    List<String> lines = output.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertThat(lines)
        .anyMatch(line -> line.startsWith("left dense a [2] 8 "))
        .anyMatch(line -> line.startsWith("right dense b [2] (shared) "))
        .anyMatch(line -> line.startsWith("parameters 13 "));
  }

  @Test
  void theGradientsOfAnExampleAreRight() {
    Output output = LockstepTest.run("gradcheck", WINE);
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
    List<String> lines = output.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
    assertThat(lines.get(0))
        .isEqualTo("tensor checked skipped worst error element gradient difference verdict");
    assertThat(lines)
        .anyMatch(line -> line.matches("hidden\\.W 64 0 .* right"))
        .anyMatch(line -> line.matches("hidden\\.b 16 0 .* right"))
        .anyMatch(line -> line.matches("output\\.b 3 0 .* right"))
        .anyMatch(
            line -> line.startsWith("all gradients are right: 131 coordinates checked, 0 skipped"));
  }

  @Test
  void kinksAreSkippedAndCounted() {
    Output output =
        LockstepTest.run(
            "gradcheck",
            WINE,
            "--set",
            "model.layers[0].activation=relu",
            "--coordinates",
            "5",
            "--examples",
            "2");
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
    assertThat(output.out()).containsPattern("(?m)^hidden\\.W +[0-5] +[0-5] ");
  }

  @Test
  void aWrongGradientIsNamedAndEndsWithExitCodeOne() {
    GradientReport report =
        new GradientReport(
            List.of(
                new Tensor("hidden.W", 64, 0, new Coordinate(3, 1, 1, 1e-9)),
                new Tensor("hidden.b", 15, 1, new Coordinate(2, 0.5, 1, 0.5)),
                new Tensor("output.W", 0, 64, new Coordinate(-1, 0, 0, 0))));
    StringWriter text = new StringWriter();
    assertThat(GradcheckCommand.print(report, new PrintWriter(text, true))).isEqualTo(1);
    assertThat(text.toString().lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "hidden.W 64 0 1.00e-09 3 1.0000000 1.0000000 right",
            "hidden.b 15 1 5.00e-01 2 0.50000000 1.0000000 WRONG",
            "output.W 0 64 none compared",
            "GRADIENTS ARE WRONG: 79 coordinates checked, 65 skipped at kinks, largest relative"
                + " error 5.00e-01 (allowed 1e-06)");
  }

  @Test
  void aWrongCountIsRefused() {
    assertThat(LockstepTest.run("gradcheck", WINE, "--coordinates", "0").err())
        .isEqualTo("lockstep: --coordinates must be >= 1, got 0" + System.lineSeparator());
  }
}
