package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.cli.LockstepTest.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidateTest {
  private static final String WINE =
      """
      name: wine
      seed: 7
      data:
        train: {format: csv, path: data/wine.csv, label: class}
        validation: {fraction: 0.25}
        scale: {standardize: true}
        labels: {classes: 3}
      model:
        input: [13]
        layers:
          - {type: dense, name: hidden, units: 8, activation: relu}
          - {type: dense, name: output, units: 3}
      loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
      optimizer: {type: adamw, learningRate: 0.01}
      schedule: {type: cosine, warmup: {steps: 5}}
      clip: {type: global-norm, maximum: 1.0}
      batch: {size: 32, slice: 4}
      train: {epochs: 5}
      cluster: {workers: 2}
      """;

  @TempDir private Path folder;
  private Path file = Path.of("unset");

  @BeforeEach
  void writeConfiguration() throws IOException {
    file = folder.resolve("wine.yaml");
    Files.writeString(file, WINE);
  }

  @Test
  void theConfigurationIsShownWithItsDefaultsAndAbsolutePaths() {
    Output output = validate();
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
    assertThat(output.out())
        .contains("path: \"file:" + folder.resolve("data/wine.csv") + "\"")
        .contains("beta2: 0.999")
        .contains("joinTimeout: 1m")
        .contains("{type: dense, name: output, units: 3, ");
  }

  @Test
  void aLossyWireIsShownWithItsDefaultsAndWhatItGivesUp() {
    Output output =
        validate("--set", "wire.gradients=float16", "--set", "wire.lossScale.type=dynamic");
    assertThat(output.err()).isEmpty();
    assertThat(output.out())
        .contains("gradients: float16")
        .contains("growthInterval: 2000")
        .contains("partial sums travel as float16")
        .contains("note: wire.gradients is float16: partial sums are rounded on their way");
    assertThat(validate().out()).doesNotContain("partial sums travel as").doesNotContain("note:");
  }

  @Test
  void theModelIsShownWithShapesAndParameters() {
    assertThat(validate().out())
        .contains(
            """
            # model
            layer   type   output  parameters
            input          13      0
            hidden  dense  8       112
            output  dense  3       27
            all                    139
            """);
  }

  @Test
  void everyTensorIsShownWithItsRuleRateAndDecay() {
    assertThat(validate().out())
        .contains(
            """
            # optimizer
            tensor    role    settings   rule   rate factor  weight decay  state
            hidden.W  weight  optimizer  adamw  1            0.01          m v
            """);
    assertThat(
            validate(
                    "--set",
                    "optimizer.groups=[{roles: [bias], weightDecay: 0, rateFactor: 2}, {tensors:"
                        + " ['hid*'], type: muon, rateFactor: 0.5}, {tensors: [out*], rateFactor:"
                        + " 0}]")
                .out())
        .contains(
            """
              groups:
                - {roles: [bias], rateFactor: 2, type: adamw, beta1: 0.9, beta2: 0.999, epsilon: 1.0E-8\
            """)
        .contains(
            """
            # optimizer
            tensor    role    settings             rule    rate factor  weight decay  state
            hidden.W  weight  optimizer.groups[1]  muon    0.5          0.1           m
            hidden.b  bias    optimizer.groups[0]  adamw   2            0             m v
            output.W  weight  optimizer.groups[2]  frozen  0            0
            output.b  bias    optimizer.groups[0]  adamw   2            0             m v

            """);
  }

  @Test
  void whatMuonLeavesToAnotherRuleIsShownWithThatOnesSettings() {
    assertThat(validate("--set", "optimizer.type=muon").out())
        .contains(
            """
            hidden.W  weight  optimizer  muon   1            0.1           m
            hidden.b  bias    optimizer  adamw  1            0.01          m v
            """);
  }

  @Test
  void aServersMemoryCountsTheStateOfEveryTensor() {
    String frozen = "optimizer.groups=[{tensors: ['hidden.*'], rateFactor: 0}]";
    // 139 parameters in 3 versions; 27 of them with two floats of state
    assertThat(validate("--set", frozen).out()).contains("server  1.8 KiB");
  }

  @Test
  void memoryAndTrafficAreShownBesideTheNearestEvenDeal() {
    assertThat(validate().out())
        .contains("worker  2.2 KiB")
        .contains("server  2.7 KiB")
        .contains(
            """
            # traffic of a step
            deal      workers  partial sums  to servers  to workers
            this one  2        2             1.1 KiB     1.1 KiB
            """);
    assertThat(validate("--set", "cluster.workers=3").out())
        .contains(
            """
            this one          3        5             2.7 KiB     1.6 KiB
            nearest even one  2        2             1.1 KiB     1.1 KiB
            """);
  }

  @Test
  void whatIsAllowedAndProbablyNotMeantIsNoted() {
    Output output = validate("--set", "train.steps=5", "--set", "cluster.threads=9");
    assertThat(output.code()).isZero();
    assertThat(output.out())
        .contains(
            "note: schedule.warmup.steps (5) is not below train.steps (5): the learning rate never"
                + " reaches optimizer.learningRate\n")
        .contains(
            "note: cluster.threads (9) is above the most slices of a worker (4): the rest idle\n");
  }

  @Test
  void whatIsShownIsItselfAConfigurationWithTheSameResult() throws IOException {
    String shown = validate().out();
    String resolved =
        shown.substring("# configuration\n".length(), shown.indexOf("\n# learning rate"));
    Files.writeString(file, resolved);
    assertThat(validate().out()).isEqualTo(shown);
  }

  @Test
  void theRateIsShownAsItIsScaledForTheBatch() {
    assertThat(validate().out()).contains("\n# learning rate\n0.01\nschedule cosine\n");
    Output scaled =
        validate(
            "--set",
            "schedule.batchScaling={rule: square-root, baseBatch: 8}",
            "--set",
            "schedule.type=plateau",
            "--set",
            "schedule.factor=0.5");
    assertThat(scaled.out())
        .contains("    rule: square-root\n    baseBatch: 8\n    rate: 0.02\n")
        .contains(
            "\n# learning rate\n0.02: optimizer.learningRate 0.01 times 2.0, by the square-root rule"
                + " from a batch of 8 to 32\nschedule plateau: follows the validation's loss\n");
  }

  /** Each line: a setting, the message. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          optimizer.type=adamv ~ unknown optimizer 'adamv', did you mean 'adam'?
          optimizer.beta3=1 ~ unknown key 'optimizer.beta3', did you mean 'beta1'? known here:
          optimizer.beta1=1.0 ~ optimizer.beta1 must be in [0, 1), got 1.0 (--set)
          optimizer.groups=[{tensors: [hiden.*]}] ~ optimizer.groups[0] has the pattern 'hiden.*', which matches no tensor, did you mean 'hidden.W'? there are hidden.W (weight), hidden.b (bias), output.W (weight), output.b (bias) (--set)
          schedule={type: plateau, factor: 0.5, metric: acuracy} ~ schedule.metric must be one of loss, accuracy, got 'acuracy' (--set)
          schedule.type=cosin ~ unknown schedule 'cosin', did you mean 'cosine'?
          clip.type=globalnorm ~ unknown clip 'globalnorm', did you mean 'global-norm'? known: none, global-norm
          loss.type=mse2 ~ unknown loss 'mse2', did you mean 'mse'?
          data.train.format=cvs ~ unknown format 'cvs', did you mean 'csv'?
          data.train.pth=x ~ unknown key 'data.train.pth', did you mean 'path'? known here:
          model.layers[0].type=dens ~ unknown layer 'dens', did you mean 'dense'?
          model.layers[0].unit=4 ~ unknown key 'model.layers[0].unit', did you mean 'units'? known here:
          model.layers[0].activation=rellu ~ unknown activation 'rellu', did you mean 'relu'?
          model.layers[1].units=4 ~ model.layers[1] must put out 3 numbers, one for each of data.labels' classes, got 4
          cluster.workers=9 ~ cluster.workers must be at most the slices of a step (8 = batch.size 32 / batch.slice 4)
          """)
  void whatARegistryDoesNotKnowIsRefusedBeforeSparkStarts(String setting, String message) {
    Output output = validate("--set", setting);
    assertThat(output.code()).isEqualTo(2);
    assertThat(output.out()).isEmpty();
    assertThat(output.err()).startsWith("lockstep: " + message);
    assertThat(output.err().lines()).hasSize(1);
  }

  @Test
  void aGroupsErrorNamesTheLineWhereItStands() throws IOException {
    Files.writeString(
        file,
        WINE.replace(
            "optimizer: {type: adamw, learningRate: 0.01}",
            """
            optimizer:
              type: adamw
              learningRate: 0.01
              groups:
                - {roles: [bias], weightDecay: 0}
                - {tensors: [hidden.b], rateFactor: 2}
            """));
    String text = Files.readString(file);
    long line = text.substring(0, text.indexOf("hidden.b")).lines().count();
    assertThat(validate().err())
        .isEqualTo(
            "lockstep: optimizer.groups[1] matches only tensors that earlier groups have, hidden.b"
                + " (bias); the first group that matches a tensor wins ("
                + file
                + ":"
                + line
                + ")\n");
  }

  @Test
  void aFileThatIsNoneIsRefused() {
    Path missing = folder.resolve("missing.yaml");
    assertThat(LockstepTest.run("validate", missing.toString()))
        .isEqualTo(
            new Output(
                2,
                "",
                "lockstep: the configuration must be a file, got "
                    + missing
                    + ", which does not exist\n"));
    assertThat(LockstepTest.run("validate", folder.toString()).err())
        .isEqualTo(
            "lockstep: the configuration must be a file, got " + folder + ", which is none\n");
  }

  private Output validate(String... more) {
    List<String> arguments = new ArrayList<>(List.of("validate", file.toString()));
    arguments.addAll(List.of(more));
    return LockstepTest.run(arguments.toArray(String[]::new));
  }
}
