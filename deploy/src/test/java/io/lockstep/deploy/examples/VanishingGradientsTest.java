package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How much of the gradient of the last weights of ten layers comes back to the first ones, at the
 * first step, and what each cure alone makes of it.
 */
@Asserts({"deep-sigmoid.yaml", "deep-relu.yaml", "deep-batch-norm.yaml", "deep-residual.yaml"})
class VanishingGradientsTest {
  @TempDir private Path folder;

  @Test
  void sigmoidsLeaveNothingOfTheGradientAndLearnNothing() {
    ExampleRun run = ExampleRun.of("deep-sigmoid.yaml", folder);
    assertThat(firstToLast(run)).isLessThan(1e-5);
    assertThat(run.figure("accuracy")).isLessThan(0.6);
  }

  @Test
  void rectifiersWithTheWeightsOfHeKeepTheGradientAndLearn() {
    assertCured("deep-relu.yaml");
  }

  @Test
  void rectifiersNeedTheWeightsOfHeAsWell() {
    String[] smallerWeights =
        Stream.concat(
                Stream.of("train.steps=1"),
                IntStream.range(0, 9)
                    .mapToObj(i -> "model.layers[" + i + "].initializer=lecun-normal"))
            .toArray(String[]::new);
    double without = norm(ExampleRun.of("deep-relu.yaml", folder, smallerWeights), "first.W");
    double with = norm(ExampleRun.of("deep-relu.yaml", folder, "train.steps=1"), "first.W");
    assertThat(without).isLessThan(with / 10); // 2^-4.5 = 0.04: half the square is lost a layer
  }

  @Test
  void batchNormKeepsTheGradientOfSigmoidsAndLearns() {
    assertCured("deep-batch-norm.yaml");
  }

  @Test
  void residualsKeepTheGradientOfSigmoidsAndLearn() {
    assertCured("deep-residual.yaml");
  }

  private void assertCured(String example) {
    ExampleRun run = ExampleRun.of(example, folder);
    assertThat(firstToLast(run)).isBetween(0.03, 30.0);
    assertThat(run.figure("accuracy")).isGreaterThan(0.85);
  }

  private static double firstToLast(ExampleRun run) {
    return norm(run, "first.W") / norm(run, "output.W");
  }

  /** The norm of a tensor's gradient at the first step. */
  private static double norm(ExampleRun run, String tensor) {
    return run.steps().get(0).get("gradientNorms").get(tensor).asDouble();
  }
}
