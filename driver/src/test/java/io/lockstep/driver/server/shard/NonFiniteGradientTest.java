package io.lockstep.driver.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizer;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.common.optim.clip.Clips;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A gradient that is not finite stops the run; no rule lets it into the parameters. */
class NonFiniteGradientTest {
  private static final List<TensorSpec> TENSORS =
      List.of(
          new TensorSpec("hidden.W", List.of(4, 5), Role.WEIGHT),
          new TensorSpec("hidden.b", List.of(5), Role.BIAS));

  static List<String> rules() {
    return Optimizers.ALL.stream().map(Optimizer::name).toList();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void noRuleLetsItIntoTheParameters(String rule) throws ShardException {
    Clip clip = Clips.create(Options.of("clip", Map.of("type", "global-norm", "maximum", 1.0)));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int element : new int[] {0, 13, 24}) {
        check(rule, Clip.NONE, bad, element);
        check(rule, clip, bad, element);
      }
    }
  }

  private static void check(String name, Clip clip, float bad, int element) throws ShardException {
    UpdateRule rule = Optimizers.create(Options.of("optimizer", Map.of("type", name)));
    Layout layout = Layout.of(TENSORS, 3, rule::whole);
    float[] start = new float[(int) layout.size()];
    Arrays.fill(start, 0.5f);
    float[] gradient = start.clone();
    TestServers servers =
        TestServers.create(
            layout, UpdatePlan.create(layout, clip, rule), step -> 0.01, 0.01, 2, start);
    servers.step(gradient);
    float before = servers.parameters()[element];
    assertThat(servers.failures()).isEmpty();

    gradient[element] = bad;
    servers.step(gradient);

    TensorSpec tensor = TENSORS.get(element < 20 ? 0 : 1);
    String place = tensor.name() + ", element " + (element < 20 ? element : element - 20);
    assertThat(servers.failures())
        .extracting(StepFailure::toString)
        .anyMatch(failure -> failure.contains("gradient of " + place + ", must be finite"));
    assertThat(servers.parameters()[element]).isEqualTo(before);
    for (float parameter : servers.parameters()) {
      assertThat(Float.isFinite(parameter)).isTrue();
    }
  }
}
