package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one unit can learn, what it cannot, and what a hidden layer adds. */
@Asserts({"perceptron-and.yaml", "perceptron-xor.yaml", "xor-mlp.yaml"})
class PerceptronsTest {
  @TempDir private Path folder;

  @Test
  void aPerceptronLearnsAndAndThenChangesNoMore() {
    ExampleRun run = ExampleRun.of("perceptron-and.yaml", folder);
    assertThat(run.figure("accuracy")).isEqualTo(1);
    List<JsonNode> steps = run.steps();
    assertThat(steps.get(steps.size() - 1).get("gradientNorm").asDouble()).isZero();
  }

  @Test
  void aPerceptronNeverLearnsXor() {
    List<JsonNode> epochs = ExampleRun.of("perceptron-xor.yaml", folder).validations();
    assertThat(epochs)
        .hasSize(100)
        .allSatisfy(epoch -> assertThat(epoch.get("accuracy").asDouble()).isLessThan(1));
  }

  @Test
  void twoLayersOfSigmoidsLearnXor() {
    ExampleRun run = ExampleRun.of("xor-mlp.yaml", folder);
    assertThat(run.figure("accuracy")).isEqualTo(1);
    assertThat(run.figure("validationLoss")).isLessThan(0.05);
  }
}
