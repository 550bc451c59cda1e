package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.report.RunComparison;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.report.ValidationRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose model is an average, and that keep another beside it: the same bits everywhere. */
class AveragedRunsTest {
  private static final String RULES =
      """
      optimizer: {type: muon, learningRate: 0.02, others: schedule-free-adamw}
      average: {type: swa, startStep: 4, everySteps: 2}
      """;

  private static final String WITHOUT_AVERAGE = RULES.lines().findFirst().orElseThrow() + "\n";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static RunCase runs;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static String data;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Path first;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Summary summary;

  @BeforeAll
  static void runOnOneWorker() {
    runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
    first = runs.newDirectory();
    summary = RunCase.run(configuration(RULES), first, RunListener.NONE);
  }

  private static RunConfiguration configuration(String rules, String... cluster) {
    String[] set = new String[cluster.length + 1];
    set[0] = "train.validateEvery={steps: 3}";
    System.arraycopy(cluster, 0, set, 1, cluster.length);
    return RunCase.configuration(data, RunCase.MLP, rules, set);
  }

  private static void assertSame(Path other, Summary otherSummary) {
    assertThat(otherSummary.weightsSha256()).isEqualTo(summary.weightsSha256());
    assertThat(otherSummary.averageSha256()).isPresent().isEqualTo(summary.averageSha256());
    try (RunDirectory one = RunDirectory.open(first);
        RunDirectory two = RunDirectory.open(other)) {
      assertThat(RunComparison.of(one, two).same()).isTrue();
    }
  }

  @Test
  void hashesAndMetricsDependOnNothingOfTheCluster() {
    for (String placement : List.of("driver", "workers")) {
      Path other = runs.newDirectory();
      RunConfiguration configuration =
          configuration(
              RULES,
              "cluster.workers=3",
              "cluster.servers=2",
              "cluster.threads=2",
              "cluster.placement=" + placement);
      assertSame(other, RunCase.run(configuration, other, RunListener.NONE));
    }
  }

  @Test
  void aResumedRunEndsAsOneThatWasNeverStopped() throws IOException {
    Path path = runs.newDirectory();
    RunCase.run(
        configuration(RULES, "cluster.workers=2", "cluster.servers=2"), path, RunListener.NONE);
    Files.delete(path.resolve("checkpoints/step-10/manifest.json"));
    Files.delete(path.resolve("checkpoints/step-9/manifest.json"));
    Files.delete(path.resolve("average.safetensors"));
    assertSame(path, RunCase.resume(configuration(RULES, "cluster.servers=3"), path));
  }

  @Test
  void everyLineOfTheValidationHasTheAverageBesideTheModel() throws IOException {
    List<String> lines = Files.readAllLines(first.resolve("validation.jsonl"));
    assertThat(lines).hasSize(4); // steps 3, 6, 9 and the last
    for (String line : lines) {
      JsonNode record = new ObjectMapper().readTree(line);
      assertThat(record.path("average").path("loss").asDouble()).isPositive();
      assertThat(record.path("average").has("accuracy")).isTrue();
    }
    JsonNode beforeTheStart = new ObjectMapper().readTree(lines.get(0)).path("average");
    JsonNode last = new ObjectMapper().readTree(lines.get(3)).path("average");
    assertThat(last.path("loss")).isNotEqualTo(beforeTheStart.path("loss"));
    JsonNode written = new ObjectMapper().readTree(first.resolve("summary.json").toFile());
    assertThat(written.path("average").path("validationLoss")).isEqualTo(last.path("loss"));
    assertThat(written.path("average").path("accuracy")).isEqualTo(last.path("accuracy"));
    assertThat(written.path("averageSha256").asText()).hasSize(64);
  }

  @Test
  void theFilesMeasureAsTheLastValidationDid() {
    ValidationRecord last = summary.validation().orElseThrow();
    try (RunDirectory directory = RunDirectory.open(first);
        TrainedModel model = TrainedModel.open(directory);
        TrainedModel average = TrainedModel.openAverage(directory)) {
      assertThat(model.evaluate().loss()).isEqualTo(last.loss());
      assertThat(average.evaluate().loss()).isEqualTo(last.average().orElseThrow().loss());
    }
  }

  @Test
  void anAverageChangesNothingOfTheRun() {
    Path path = runs.newDirectory();
    Summary without = RunCase.run(configuration(WITHOUT_AVERAGE), path, RunListener.NONE);
    assertThat(without.weightsSha256()).isEqualTo(summary.weightsSha256());
    assertThat(without.averageSha256()).isEmpty();
    assertThat(without.validation().orElseThrow().loss())
        .isEqualTo(summary.validation().orElseThrow().loss());
    assertThat(path.resolve("average.safetensors")).doesNotExist();
    try (RunDirectory directory = RunDirectory.open(path)) {
      assertThatThrownBy(() -> TrainedModel.openAverage(directory))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "the run must keep an average of its weights (section average), got none in "
                  + path.resolve("config.yaml")
                  + "; leave --average out");
    }
  }
}
