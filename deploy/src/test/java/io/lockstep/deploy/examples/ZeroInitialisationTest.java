package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Symmetry that nothing breaks. */
@Asserts("zero-initialisation.yaml")
class ZeroInitialisationTest {
  private static final int FEATURES = 13;
  private static final int UNITS = 16;

  @TempDir private Path folder;

  @Test
  void unitsThatBeginAlikeStayAlikeToTheBit() {
    ExampleRun run = ExampleRun.of("zero-initialisation.yaml", folder);
    float[][] units = units(run.tensor("hidden.W"));
    assertThat(units[0]).doesNotContain(0f); // they have learned
    assertThat(List.of(units)).allSatisfy(unit -> assertThat(unit).isEqualTo(units[0]));
  }

  @Test
  void unitsThatBeginAtRandomEachGoTheirOwnWay() {
    ExampleRun run =
        ExampleRun.of(
            "zero-initialisation.yaml", folder, "model.layers[0].initializer=xavier-uniform");
    float[][] units = units(run.tensor("hidden.W"));
    assertThat(Arrays.stream(units).map(Arrays::toString).distinct()).hasSize(UNITS);
  }

  /** The columns of W [features, units]: the weights of each unit. */
  private static float[][] units(float[] weights) {
    assertThat(weights).hasSize(FEATURES * UNITS);
    float[][] units = new float[UNITS][FEATURES];
    IntStream.range(0, weights.length).forEach(i -> units[i % UNITS][i / UNITS] = weights[i]);
    return units;
  }
}
