package io.lockstep.driver.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  @TempDir private Path folder;

  @Test
  void aStepIsALineWithTheFieldsOfTheContract() throws IOException {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      run.step(Runs.step(1, 2.5));
      assertThat(Files.readString(run.stepsFile()))
          .isEqualTo(
              "{\"step\":1,\"epoch\":1,\"loss\":2.5,\"learningRate\":0.001,\"gradientNorm\":1.5,"
                  + "\"gradientNoiseScale\":null,\"gradientNoiseTrace\":40.0,"
                  + "\"gradientSquare\":-0.5,\"examplesPerSecond\":2560.0,\"seconds\":0.1,\"computeSeconds\":0.08,"
                  + "\"sendSeconds\":0.01,\"waitSeconds\":0.01,"
                  + "\"sentBytes\":1000,\"receivedBytes\":2000}\n");
    }
  }

  @Test
  void aValidationIsALineWithItsMetrics() throws IOException {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      run.validation(new ValidationRecord(40, 1, 100, 0.25, Map.of("accuracy", 0.93), 0.5));
      assertThat(Files.readString(run.validationFile()))
          .isEqualTo(
              "{\"step\":40,\"epoch\":1,\"examples\":100,\"loss\":0.25,\"accuracy\":0.93,"
                  + "\"seconds\":0.5}\n");
    }
  }

  @Test
  void cuttingBackRemovesWhatIsComputedAgain() {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      for (int step = 1; step <= 5; step++) {
        run.step(Runs.step(step, 1.0 / step));
      }
      run.validation(new ValidationRecord(2, 1, 100, 0.25, Map.of(), 0.5));
      run.validation(new ValidationRecord(4, 1, 100, 0.25, Map.of(), 0.5));
      run.cutBack(3);
      run.step(Runs.step(4, 9));
      assertThat(steps(run)).containsExactly(1, 2, 3, 4);
      assertThat(JsonLines.read(run.stepsFile()).get(3).get("loss").asDouble()).isEqualTo(9);
      assertThat(JsonLines.read(run.validationFile())).hasSize(1);
    }
  }

  @Test
  void theLossOfTheLastEpochCountsWhatIsComputedAgainOnce() {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      assertThat(run.lastEpochLoss()).isNaN();
      run.step(
          new StepRecord(
              1, 1, 100, 1, 1, Map.of(), GradientNoise.UNKNOWN, 1, 1, 1, 1, 1, 0, 0, null));
      run.step(
          new StepRecord(
              2, 2, 4, 1, 1, Map.of(), GradientNoise.UNKNOWN, 1, 1, 1, 1, 1, 0, 0, null));
      run.step(
          new StepRecord(
              3, 2, 70, 1, 1, Map.of(), GradientNoise.UNKNOWN, 1, 1, 1, 1, 1, 0, 0, null));
      run.cutBack(2);
      run.step(
          new StepRecord(
              3, 2, 8, 1, 1, Map.of(), GradientNoise.UNKNOWN, 1, 1, 1, 1, 1, 0, 0, null));
      assertThat(run.lastEpochLoss()).isEqualTo(6);
    }
  }

  @Test
  void aLineThatAKillCutShortIsLeftOut() throws IOException {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      run.step(Runs.step(1, 1));
      Files.writeString(run.stepsFile(), "{\"step\":2,\"ep", StandardOpenOption.APPEND);
      assertThat(steps(run)).containsExactly(1);
      run.cutBack(1);
      run.step(Runs.step(2, 1));
      assertThat(steps(run)).containsExactly(1, 2);
    }
  }

  @Test
  void theConfigurationIsReadBackWithCommitVersionsAndFingerprint() {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      RunConfiguration configuration = Runs.configuration();
      run.writeConfiguration(configuration, "abc");
      RunConfiguration read = RunDirectory.open(run.path()).configuration();
      assertThat(read.withRecord(Map.of()).toYaml()).isEqualTo(configuration.toYaml());
      assertThat(read.plain()).containsEntry("fingerprint", "abc").containsEntry("seed", 42L);
      assertThat(read.plain().get("commit")).isEqualTo(Build.commit());
      assertThat(read.plain().get("versions")).isEqualTo(Build.versions());
      assertThat(Build.versions()).containsKeys("lockstep", "java", "spark", "akka", "nd4j");
    }
  }

  @Test
  void theSummaryHasTheFieldsOfTheContract() throws IOException {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      run.writeSummary(Runs.summary());
      JsonNode summary = new ObjectMapper().readTree(Files.readString(run.summaryFile()));
      assertThat(summary.fieldNames())
          .toIterable()
          .containsExactly(
              "name",
              "runId",
              "steps",
              "epochs",
              "examples",
              "seconds",
              "trainSeconds",
              "examplesPerSecond",
              "workers",
              "servers",
              "placement",
              "serversAt",
              "slices",
              "slicesByWorker",
              "processIds",
              "restarts",
              "trainLoss",
              "validationLoss",
              "accuracy",
              "reproducible",
              "fingerprint",
              "notes",
              "weightsSha256");
      assertThat(summary.get("accuracy").asDouble()).isEqualTo(0.975);
      assertThat(summary.get("slicesByWorker").get(1).asInt()).isEqualTo(4);
    }
  }

  @Test
  void aFolderThatIsNotEmptyIsRefused() throws IOException {
    Files.writeString(folder.resolve("x"), "");
    assertThatThrownBy(() -> RunDirectory.create(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "the run directory must be empty, got "
                + folder
                + "; choose another, or go on with its run by 'train --resume'");
    assertThatThrownBy(() -> RunDirectory.create(folder.resolve("x")))
        .hasMessage(
            "the run directory must be a folder, got the file "
                + folder.resolve("x")
                + "; choose another");
  }

  @Test
  void aFolderWithoutARunIsRefused() {
    assertThatThrownBy(() -> RunDirectory.open(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "a run directory must have a config.yaml, got "
                + folder
                + "; name the folder that 'lockstep train' printed");
  }

  @Test
  void noHalfWrittenFileStays() {
    try (RunDirectory run = RunDirectory.create(folder.resolve("run"))) {
      run.writeConfiguration(Runs.configuration(), "");
      run.writeSummary(Runs.summary());
      assertThat(run.path())
          .isDirectoryNotContaining("glob:**.part")
          .isDirectoryContaining("glob:**/summary.json");
    }
  }

  private static List<Integer> steps(RunDirectory run) {
    return JsonLines.read(run.stepsFile()).stream().map(line -> line.get("step").asInt()).toList();
  }

  @Test
  void aRunWithoutValidationHasNoMetrics() {
    Summary summary = Runs.summary(Optional.empty());
    assertThat(summary.plain()).doesNotContainKeys("accuracy", "validationLoss");
  }
}
