package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.cli.LockstepTest.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandsTest {
  private static final Path EXAMPLES = Path.of("../deploy/examples");
  private static final String MLP = EXAMPLES.resolve("mnist-mlp.yaml").toString();

  @TempDir private Path folder;

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsValid(Path example) {
    Output output = LockstepTest.run("validate", example.toString());
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
  }

  @Test
  void resumeNeedsTheRunsFolder() {
    assertRefused(
        "--resume needs --run-dir: the folder of the run to go on with", "train", MLP, "--resume");
    assertRefused(
        "a run directory must have a config.yaml, got "
            + folder
            + "; name the folder that 'lockstep train' printed",
        "train",
        MLP,
        "--run-dir",
        folder.toString(),
        "--resume");
    assertRefused(
        "--begin-or-resume needs --run-dir: the folder of the run to begin or to go on with",
        "train",
        MLP,
        "--begin-or-resume");
  }

  @Test
  void aFolderThatIsNotEmptyIsRefused() throws IOException {
    Files.writeString(folder.resolve("x"), "");
    assertRefused(
        "the run directory must be empty, got "
            + folder
            + "; choose another, or go on with its run by 'train --resume'",
        "train",
        MLP,
        "--run-dir",
        folder.toString());
  }

  @Test
  void aWrongConfigurationMakesNoRunDirectory() {
    Path run = folder.resolve("run");
    assertRefused(
        "seed must be a whole number, got 'x' (--set)",
        "train",
        MLP,
        "--set",
        "seed=x",
        "--run-dir",
        run.toString());
    assertThat(run).doesNotExist();
  }

  @Test
  void aRunThatIsNotDoneCannotBeEvaluated() throws IOException {
    Files.writeString(
        folder.resolve("config.yaml"), ConfigurationFile.load(Path.of(MLP), List.of()).toYaml());
    Files.createDirectories(folder.resolve("logs"));
    assertRefused(
        "there is nothing to predict with yet: "
            + folder.resolve("data.json")
            + " does not exist; the run must be done",
        "evaluate",
        folder.toString());
  }

  @Test
  void helpLoadsNeitherSparkNorAkkaNorNd4j() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                "io.lockstep.driver.Main",
                "train",
                "--help")
            .redirectErrorStream(true)
            .start();
    String loaded = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(loaded).contains("io.lockstep.driver.cli.TrainCommand ", "Usage: lockstep train");
    assertThat(loaded.lines().filter(line -> line.contains(" source: ")))
        .noneMatch(line -> line.contains("] org.apache.spark."))
        .noneMatch(line -> line.contains("] akka."))
        .noneMatch(line -> line.contains("] org.nd4j."))
        .noneMatch(line -> line.contains("] org.bytedeco."));
  }

  private static void assertRefused(String message, String... arguments) {
    assertThat(LockstepTest.run(arguments))
        .isEqualTo(new Output(2, "", "lockstep: " + message + System.lineSeparator()));
  }
}
