package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.cli.ConfigurationFile;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.storage.ObjectStoreFileSystem;
import io.lockstep.driver.storage.RenamingFileSystem;
import io.lockstep.driver.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose folder is on a file system of Hadoop's. */
final class RemoteRunTest {
  private static final String SPARK =
      "cluster.spark={"
          + ObjectStoreFileSystem.SETTING
          + ": "
          + ObjectStoreFileSystem.class.getName()
          + ", "
          + RenamingFileSystem.SETTING
          + ": "
          + RenamingFileSystem.class.getName()
          + "}";

  @TempDir static Path folder;
  private static String data = "";
  private static String hash = "";

  @BeforeAll
  static void trainOnTheLocalFileSystem() {
    RunCase runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
    hash = runs.run(configuration()).weightsSha256();
  }

  private static RunConfiguration configuration(String... set) {
    List<String> all = new ArrayList<>(List.of(set));
    all.add(SPARK);
    return RunCase.configuration(data, RunCase.MLP, RunCase.LAMB, all.toArray(String[]::new));
  }

  private static Summary run(
      RunConfiguration configuration, String place, boolean resume, RunListener listener) {
    Storage storage = Storage.with(configuration.cluster().spark());
    try (RunDirectory directory =
        resume ? RunDirectory.open(place, storage) : RunDirectory.create(place, storage)) {
      if (!resume) {
        directory.writeConfiguration(configuration, "");
      }
      return Training.run(configuration, directory, resume, listener);
    }
  }

  private static List<String> files(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"objects:", "renames:"})
  void aRunElsewhereHasTheSameHashAndLeavesTheSameFiles(String scheme) throws IOException {
    Path run = folder.resolve("elsewhere-" + scheme.replace(":", ""));
    RunConfiguration configuration =
        configuration("cluster.workers=3", "cluster.servers=2", "cluster.placement=workers");
    assertThat(run(configuration, scheme + run, false, RunListener.NONE).weightsSha256())
        .isEqualTo(hash);
    assertThat(files(run))
        .contains(
            "checkpoints/step-10/manifest.json",
            "config.yaml",
            "data.json",
            "model.safetensors",
            "steps.jsonl",
            "summary.json",
            "validation.jsonl")
        .noneMatch(name -> name.endsWith(".part"));
    assertThat(Files.readAllLines(run.resolve("steps.jsonl"))).hasSize(10);
    assertThat(run.resolve("model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("run-1/model.safetensors"));

    assertThatThrownBy(() -> run(configuration, scheme + run, false, RunListener.NONE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("the run directory must be empty, got " + scheme + run);
    try (RunDirectory directory =
            RunDirectory.open(scheme + run, Storage.with(configuration.cluster().spark()));
        TrainedModel model = TrainedModel.open(directory)) {
      assertThat(model.data().labels().classes()).isEqualTo(RunCase.CLASSES);
    }
  }

  /** Run by {@link #aKilledRunGoesOnFromWhatWasCarried} as a process of its own. */
  static final class Killed {
    private Killed() {}

    public static void main(String[] arguments) throws IOException {
      RunListener fatal =
          new RunListener() {
            @Override
            public void step(StepRecord step) {
              if (step.step() == 8) {
                Runtime.getRuntime().halt(137);
              }
            }
          };
      String yaml = Files.readString(Path.of(arguments[0]));
      run(RunConfiguration.parse(yaml, "killed"), arguments[1], false, fatal);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"objects:", "renames:"})
  void aKilledRunGoesOnFromWhatWasCarried(String scheme) throws Exception {
    Path run = folder.resolve("killed-" + scheme.replace(":", ""));
    Path yaml = Files.writeString(folder.resolve("killed.yaml"), configuration().toYaml());
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-agent") && !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Killed.class.getName(),
            yaml.toString(),
            scheme + run));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("killed.log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("killed.log"))).isEqualTo(137);
    assertThat(files(run)).contains("checkpoints/step-6/manifest.json");
    assertThat(run.resolve("summary.json")).doesNotExist();
    assertThat(Files.readAllLines(run.resolve("steps.jsonl"))).hasSizeGreaterThanOrEqualTo(6);

    Summary resumed = run(configuration("cluster.workers=2"), scheme + run, true, RunListener.NONE);
    assertThat(resumed.weightsSha256()).isEqualTo(hash);
    assertThat(Files.readAllLines(run.resolve("steps.jsonl")))
        .extracting(line -> line.replaceFirst("^\\{\"step\":(\\d+),.*", "$1"))
        .containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
  }

  @Test
  void aConfigurationElsewhereHasItsPathsBesideIt() throws IOException {
    System.setProperty(ObjectStoreFileSystem.SETTING, ObjectStoreFileSystem.class.getName());
    try {
      Path there = Files.createDirectories(folder.resolve("there"));
      String yaml = configuration().toYaml().replace(folder + "/source-images", "../source-images");
      Files.writeString(there.resolve("config.yaml"), yaml);
      RunConfiguration read =
          ConfigurationFile.load("objects:" + there.resolve("config.yaml"), List.of());
      assertThat(read.data().train().plain())
          .containsEntry("features", "objects:" + folder + "/source-images")
          .containsEntry("labels", folder + "/source-labels");
      assertThatThrownBy(() -> ConfigurationFile.load("objects:" + there + "/no.yaml", List.of()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "the configuration must be a file, got objects:"
                  + there
                  + "/no.yaml, which does not exist");
      RunCase runs = new RunCase(folder.resolve("again"));
      assertThat(runs.run(read).weightsSha256()).isEqualTo(hash);

      String weights = "model.weights={file: ../run-1/model.safetensors}";
      RunConfiguration from =
          ConfigurationFile.load("objects:" + there.resolve("config.yaml"), List.of(weights));
      assertThat(from.model().weights().plain())
          .containsEntry("file", "objects:" + folder + "/run-1/model.safetensors");
      RunConfiguration locally =
          ConfigurationFile.load(
              there.resolve("config.yaml"),
              List.of(weights, "data.train.features=" + folder + "/source-images"));
      assertThat(runs.run(from).weightsSha256())
          .isEqualTo(runs.run(locally).weightsSha256())
          .isNotEqualTo(hash);
    } finally {
      System.clearProperty(ObjectStoreFileSystem.SETTING);
    }
  }
}
