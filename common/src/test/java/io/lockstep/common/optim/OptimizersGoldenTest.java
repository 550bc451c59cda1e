package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.clip.Clips;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every rule and clip gives the figures of its reference cases, however its tensors are cut. */
class OptimizersGoldenTest {
  /** Chunks of 3 cut rows of 4 apart; tensors lie over several shards. */
  private static final int CHUNK_ELEMENTS = 3;

  @TestFactory
  Stream<DynamicTest> rulesGiveTheReferenceParametersOnAnyNumberOfShards() {
    return GoldenCases.tests("optimizers", this::check);
  }

  private void check(GoldenCase golden) {
    golden.allowOnly(
        "optimizer",
        "clip",
        "tensors",
        "learningRates",
        "initial",
        "gradients",
        "expected",
        "evaluation");
    float[][] whole = follow(golden, CHUNK_ELEMENTS, 1, ShardedRun::parameters);
    double[][] expected = golden.steps("expected");
    assertThat(whole).hasSameDimensionsAs(expected);
    for (int t = 0; t < expected.length; t++) {
      golden.assertClose("parameters after step " + t, whole[t], expected[t]);
    }
    for (int shards : new int[] {2, 5}) {
      assertThat(follow(golden, CHUNK_ELEMENTS, shards, ShardedRun::parameters))
          .as("case %s on %d shards against 1, bit for bit", golden.name(), shards)
          .isDeepEqualTo(whole);
    }
    checkEvaluation(golden, whole);
  }

  /** What a rule evaluates is the case's average, or, where it has none, the parameters. */
  private static void checkEvaluation(GoldenCase golden, float[][] parameters) {
    float[][] evaluated = follow(golden, CHUNK_ELEMENTS, 2, ShardedRun::evaluation);
    assertThat(Optimizers.create(golden.options("optimizer")).evaluatesAverage())
        .as("case %s has an average", golden.name())
        .isEqualTo(golden.has("evaluation"));
    if (!golden.has("evaluation")) {
      assertThat(evaluated).isDeepEqualTo(parameters);
      return;
    }
    double[][] expected = golden.steps("evaluation");
    for (int t = 0; t < expected.length; t++) {
      golden.assertClose("evaluated weights after step " + t, evaluated[t], expected[t]);
    }
  }

  /** What is looked at after every step, flat. */
  private static float[][] follow(
      GoldenCase golden, int chunkElements, int shards, Function<ShardedRun, float[]> look) {
    UpdateRule rule = Optimizers.create(golden.options("optimizer"));
    Layout layout = Layout.of(golden.tensors(), chunkElements, rule::whole);
    ShardedRun run =
        new ShardedRun(
            layout,
            Clips.create(golden.options("clip")),
            rule,
            shards,
            GoldenCase.floats(golden.numbers("initial")));
    double[] rates = golden.numbers("learningRates");
    double[][] gradients = golden.steps("gradients");
    float[][] parameters = new float[rates.length][];
    for (int t = 0; t < rates.length; t++) {
      run.step(new Update(t + 1, rates[t]), GoldenCase.floats(gradients[t]));
      parameters[t] = look.apply(run);
    }
    return parameters;
  }
}
