package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of real measurements, judged by more than one number. */
@Asserts({"breast-cancer.yaml", "iris.yaml", "iris-query.yaml", "multi-task.yaml"})
class MoreTablesTest {
  @TempDir private Path folder;

  @Test
  void lumpsAreToldApartAndEveryMetricSaysSo() {
    ExampleRun run = ExampleRun.of("breast-cancer.yaml", folder);
    assertThat(run.figure("accuracy")).isGreaterThan(0.95);
    assertThat(run.figure("auc")).isGreaterThan(0.98);
    assertThat(run.figure("precision")).isGreaterThan(0.93);
    assertThat(run.figure("recall")).isGreaterThan(0.95);
    assertThat(run.figure("f1")).isGreaterThan(0.95);
    assertAgreement(run);
  }

  /** The confusion matrix counts every example, and the other metrics follow from it. */
  private static void assertAgreement(ExampleRun run) {
    JsonNode last = run.validations().get(run.validations().size() - 1);
    JsonNode table = last.get("confusion-matrix");
    double tp = table.get(1).get(1).asDouble();
    double fp = table.get(0).get(1).asDouble();
    double fn = table.get(1).get(0).asDouble();
    double tn = table.get(0).get(0).asDouble();
    assertThat(tp + fp + fn + tn).isEqualTo(last.get("examples").asDouble());
    assertThat(last.get("accuracy").asDouble()).isEqualTo((tp + tn) / (tp + fp + fn + tn));
    assertThat(last.get("precision").asDouble()).isEqualTo(tp / (tp + fp));
    assertThat(last.get("recall").asDouble()).isEqualTo(tp / (tp + fn));
  }

  @Test
  void oneDenseLayerTellsIrisesApart() {
    assertThat(ExampleRun.of("iris.yaml", folder).figure("accuracy")).isGreaterThan(0.9);
  }

  @Test
  void aQueryJoinsFlowersWithTheNamesOfTheirSpecies() {
    ExampleRun run = ExampleRun.of("iris-query.yaml", folder);
    assertThat(run.figure("accuracy")).isGreaterThan(0.9);
    assertThat(run.directory().resolve("data.json"))
        .content()
        .contains("\"petal_length\", \"petal_width\", \"petal_area\"")
        .contains("\"setosa\", \"versicolor\", \"virginica\"");
  }

  @Test
  void oneTrunkAnswersTwoQuestions() {
    ExampleRun run = ExampleRun.of("multi-task.yaml", folder);
    assertThat(run.figure("kind/accuracy")).isGreaterThan(0.88);
    assertThat(run.figure("colour/r2")).isGreaterThan(0.6);
  }
}
