package io.lockstep.driver.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.common.optim.clip.Clips;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every reference case of a rule or clip, on the servers' way of rounds and apply. */
class ParameterShardGoldenTest {
  /** Chunks of 3 cut rows of 4 apart; tensors lie over several servers. */
  private static final int CHUNK_ELEMENTS = 3;

  @TestFactory
  Stream<DynamicTest> serversGiveTheReferenceParametersWhateverTheirNumber() {
    return GoldenCases.tests("optimizers", ParameterShardGoldenTest::check);
  }

  private static void check(GoldenCase golden) {
    golden.allowOnly(
        "optimizer",
        "clip",
        "tensors",
        "learningRates",
        "initial",
        "gradients",
        "expected",
        "evaluation");
    float[][] one = follow(golden, 1, 1, TestServers::parameters);
    assertCloseTo(golden, "expected", one);
    for (int servers : new int[] {2, 5}) {
      assertThat(follow(golden, servers, servers, TestServers::parameters))
          .as("case %s on %d servers against 1, bit for bit", golden.name(), servers)
          .isDeepEqualTo(one);
    }
    assertThat(follow(golden, 5, 2, TestServers::parameters))
        .as("case %s moved from 5 servers to 2 halfway, bit for bit", golden.name())
        .isDeepEqualTo(one);
    if (golden.has("evaluation")) {
      assertCloseTo(golden, "evaluation", follow(golden, 2, 5, TestServers::evaluation));
    }
  }

  private static void assertCloseTo(GoldenCase golden, String field, float[][] actual) {
    double[][] expected = golden.steps(field);
    assertThat(actual).as(field).hasSameDimensionsAs(expected);
    for (int t = 0; t < expected.length; t++) {
      golden.assertClose(field + " after step " + t, actual[t], expected[t]);
    }
  }

  /** What is looked at after every step; halfway the parameters move to other servers. */
  private static float[][] follow(
      GoldenCase golden, int servers, int later, Function<TestServers, float[]> look) {
    UpdateRule rule = Optimizers.create(golden.options("optimizer"));
    Layout layout = Layout.of(golden.tensors(), CHUNK_ELEMENTS, rule::whole);
    double[] rates = golden.numbers("learningRates");
    TestServers run =
        TestServers.create(
            layout,
            UpdatePlan.create(layout, Clips.create(golden.options("clip")), rule),
            step -> rates[(int) step],
            rates[0],
            servers,
            GoldenCase.floats(golden.numbers("initial")));
    double[][] gradients = golden.steps("gradients");
    float[][] seen = new float[rates.length][];
    for (int t = 0; t < rates.length; t++) {
      if (t == rates.length / 2) {
        run = run.movedTo(later);
      }
      step(run, GoldenCase.floats(gradients[t]));
      seen[t] = look.apply(run);
    }
    return seen;
  }

  private static void step(TestServers run, float[] gradient) {
    try {
      run.step(gradient);
    } catch (ShardException e) {
      throw new AssertionError(e);
    }
    assertThat(run.failures()).isEmpty();
  }
}
