package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule follows the curved valley of Rosenbrock's function (1960), (1 - x)^2 + 100 (y -
 * x^2)^2, from (-1.2, 1) to its minimum at (1, 1).
 */
class RosenbrockTest {
  /** Every rule must come as near as this; the start is at 24.2, the valley's bend below 4. */
  private static final double NEAR = 1e-3;

  /**
   * A rule's way.
   *
   * @param type of the rule
   * @param settings beside the type
   * @param rate at the beginning; it falls to zero in a straight line
   * @param steps in which it must be near
   */
  record Way(String type, Map<String, Object> settings, double rate, int steps) {
    Way(String type, double rate, int steps) {
      this(type, Map.of(), rate, steps);
    }

    UpdateRule rule() {
      Map<String, Object> options = new HashMap<>(settings);
      options.put("type", type);
      return Optimizers.create(Options.of("optimizer", options));
    }

    @Override
    public String toString() {
      return type + " " + settings + ", rate " + rate + ", " + steps + " steps";
    }
  }

  /** Ways that are chosen; a rule that has none goes by its defaults. */
  private static final List<Way> CHOSEN =
      List.of(
          new Way("sgd", 1e-3, 40_000),
          new Way("sgd", Map.of("momentum", 0.9, "nesterov", true), 5e-4, 10_000),
          new Way("momentum", 5e-3, 10_000),
          new Way("adagrad", 0.5, 10_000),
          new Way("adadelta", 1, 20_000),
          new Way("rmsprop", 0.01, 10_000),
          new Way("adam", 0.02, 10_000),
          new Way("adamw", Map.of("weightDecay", 0), 0.02, 10_000),
          new Way("nadam", 0.02, 10_000),
          new Way("adamax", 0.02, 10_000),
          new Way("radam", Map.of("unadaptedSteps", false), 0.02, 10_000),
          new Way("adabelief", 0.02, 10_000),
          new Way("lion", 0.01, 10_000),
          new Way("adafactor", 0.02, 10_000),
          new Way("lars", Map.of("trustCoefficient", 0.02), 0.02, 20_000),
          new Way("lamb", Map.of("weightDecay", 0), 0.01, 10_000),
          new Way("muon", Map.of("weightDecay", 0), 0.02, 10_000),
          new Way("schedule-free-sgd", 1e-3, 40_000),
          new Way("schedule-free-adamw", 0.02, 10_000));

  static Stream<Way> ways() {
    Stream<Way> others =
        Optimizers.ALL.stream()
            .map(Optimizer::name)
            .filter(name -> CHOSEN.stream().noneMatch(way -> way.type().equals(name)))
            .map(name -> new Way(name, 0.01, 20_000));
    return Stream.concat(CHOSEN.stream(), others);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theRuleFollowsTheValleyToItsEnd(Way way) {
    UpdateRule rule = way.rule();
    TensorSpec tensor = new TensorSpec("w", List.of(1, 2), Role.WEIGHT);
    Layout layout = Layout.of(List.of(tensor), 2, rule::whole);
    ShardedRun run = new ShardedRun(layout, Clip.NONE, rule, 1, new float[] {-1.2f, 1});
    for (int t = 1; t <= way.steps(); t++) {
      double rate = way.rate() * (way.steps() - t + 1) / way.steps();
      run.step(new Update(t, rate, way.rate()), gradient(run.parameters()));
    }
    assertThat(value(run.evaluation())).isLessThan(NEAR);
  }

  private static double value(float[] w) {
    double x = w[0];
    double y = w[1];
    return (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x);
  }

  private static float[] gradient(float[] w) {
    double x = w[0];
    double y = w[1];
    return new float[] {
      (float) (-2 * (1 - x) - 400 * x * (y - x * x)), (float) (200 * (y - x * x))
    };
  }
}
