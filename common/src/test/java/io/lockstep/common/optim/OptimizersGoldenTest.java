package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.clip.Clips;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
    double[][] expected = steps(golden, "expected");
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
    double[][] expected = steps(golden, "evaluation");
    for (int t = 0; t < expected.length; t++) {
      golden.assertClose("evaluated weights after step " + t, evaluated[t], expected[t]);
    }
  }

  /** What is looked at after every step, flat. */
  private static float[][] follow(
      GoldenCase golden, int chunkElements, int shards, Function<ShardedRun, float[]> look) {
    UpdateRule rule = Optimizers.create(golden.options("optimizer"));
    Layout layout = Layout.of(tensors(golden.field("tensors")), chunkElements, rule::whole);
    ShardedRun run =
        new ShardedRun(
            layout,
            Clips.create(golden.options("clip")),
            rule,
            shards,
            floats(golden.numbers("initial")));
    double[] rates = golden.numbers("learningRates");
    double[][] gradients = steps(golden, "gradients");
    float[][] parameters = new float[rates.length][];
    for (int t = 0; t < rates.length; t++) {
      run.step(new Update(t + 1, rates[t]), floats(gradients[t]));
      parameters[t] = look.apply(run);
    }
    return parameters;
  }

  private static List<TensorSpec> tensors(JsonNode tensors) {
    List<TensorSpec> specs = new ArrayList<>();
    for (JsonNode tensor : tensors) {
      List<Integer> shape =
          StreamSupport.stream(tensor.get("shape").spliterator(), false)
              .map(JsonNode::asInt)
              .toList();
      Role role = Role.valueOf(tensor.get("role").asText().toUpperCase(Locale.ROOT));
      specs.add(new TensorSpec(tensor.get("name").asText(), shape, role));
    }
    return specs;
  }

  /** A field with a row for each step, each tensor's numbers one after another. */
  private static double[][] steps(GoldenCase golden, String field) {
    return StreamSupport.stream(golden.field(field).spliterator(), false)
        .map(GoldenCase::numbers)
        .toArray(double[][]::new);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
