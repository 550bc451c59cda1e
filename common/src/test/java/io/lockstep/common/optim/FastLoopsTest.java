package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The vectorised loops against the formulas in plain double, over lengths that leave every kind of
 * remainder, in arrays that go on behind the chunk.
 */
class FastLoopsTest {
  private static final int[] LENGTHS = {0, 1, 7, 8, 9, 63, 64, 65, 1023, 4100};
  private static final int BEHIND = 5;
  private static final double RATE = 0.01;

  /** Of the schedule. */
  private static final double FACTOR = 0.25;

  /** One element's update in double; {@code s} is its state, updated in place. */
  interface Formula {
    double update(double w, double g, double[] s, int t);
  }

  record Rule(Map<String, Object> options, Formula formula) {
    @Override
    public String toString() {
      return options.toString();
    }
  }

  static Stream<Rule> rules() {
    return Stream.of(
        new Rule(
            Map.of("type", "sgd", "weightDecay", 0.1), (w, g, s, t) -> w - RATE * (g + 0.1 * w)),
        new Rule(
            Map.of("type", "sgd", "momentum", 0.9, "dampening", 0.2, "weightDecay", 0.1),
            (w, g, s, t) -> {
              s[0] = t == 1 ? g + 0.1 * w : 0.9 * s[0] + 0.8 * (g + 0.1 * w);
              return w - RATE * s[0];
            }),
        new Rule(
            Map.of("type", "sgd", "momentum", 0.9, "nesterov", true),
            (w, g, s, t) -> {
              s[0] = 0.9 * s[0] + g;
              return w - RATE * (g + 0.9 * s[0]);
            }),
        new Rule(
            Map.of("type", "adam", "weightDecay", 0.1),
            (w, g, s, t) -> w - RATE * adam(g + 0.1 * w, s, t, 1e-8, false)),
        new Rule(
            Map.of("type", "adam", "amsgrad", true),
            (w, g, s, t) -> w - RATE * adam(g, s, t, 1e-8, true)),
        new Rule(
            Map.of("type", "adamw", "weightDecay", 0.1),
            (w, g, s, t) -> w - RATE * 0.1 * w - RATE * adam(g, s, t, 1e-8, false)),
        new Rule(
            Map.of("type", "adamw", "amsgrad", true, "weightDecay", 0.1),
            (w, g, s, t) -> w - RATE * 0.1 * w - RATE * adam(g, s, t, 1e-8, true)),
        new Rule(
            Map.of("type", "momentum", "weightDecay", 0.1),
            (w, g, s, t) -> {
              s[0] = 0.9 * s[0] + 0.1 * (g + 0.1 * w);
              return w - RATE * s[0];
            }),
        new Rule(
            Map.of("type", "adagrad", "learningRateDecay", 0.5, "epsilonInsideRoot", true),
            (w, g, s, t) -> {
              s[0] += g * g;
              return w - RATE / (1 + (t - 1) * 0.5) * g / Math.sqrt(s[0] + 1e-10);
            }),
        new Rule(
            Map.of("type", "rmsprop", "momentum", 0.5, "weightDecay", 0.1),
            (w, g, s, t) -> {
              double x = g + 0.1 * w;
              s[0] = 0.99 * s[0] + 0.01 * x * x;
              s[1] = 0.5 * s[1] + x / (Math.sqrt(s[0]) + 1e-8);
              return w - RATE * s[1];
            }),
        new Rule(
            Map.of("type", "adamax", "weightDecay", 0.1),
            (w, g, s, t) -> {
              double x = g + 0.1 * w;
              s[0] = 0.9 * s[0] + 0.1 * x;
              s[1] = Math.max(0.999 * s[1], Math.abs(x) + 1e-8);
              return w - RATE / (1 - Math.pow(0.9, t)) * s[0] / s[1];
            }),
        new Rule(
            Map.of("type", "lion", "weightDecay", 0.1),
            (w, g, s, t) -> {
              double next = w - RATE * (Math.signum(0.9 * s[0] + 0.1 * g) + 0.1 * w);
              s[0] = 0.99 * s[0] + 0.01 * g;
              return next;
            }),
        new Rule(
            Map.of("type", "sgd", "weightDecay", 0.1, "decoupledDecay", true),
            (w, g, s, t) -> w - RATE * 0.1 * w - RATE * g),
        new Rule(
            Map.of("type", "sgd", "momentum", 0.9, "rateInsideVelocity", true, "nesterov", true),
            (w, g, s, t) -> {
              s[0] = 0.9 * s[0] + RATE * g;
              return w - (RATE * g + 0.9 * s[0]);
            }),
        new Rule(
            Map.of("type", "adam", "epsilon", 1e-3, "epsilonInsideRoot", true),
            (w, g, s, t) -> {
              moments(g, s);
              return w
                  - RATE
                      * s[0]
                      / correction(0.9, t)
                      / Math.sqrt(s[1] / correction(0.999, t) + 1e-3);
            }),
        new Rule(
            Map.of("type", "adam", "epsilon", 1e-3, "epsilonBeforeCorrection", true),
            (w, g, s, t) -> {
              moments(g, s);
              double rate = RATE * Math.sqrt(correction(0.999, t)) / correction(0.9, t);
              return w - rate * s[0] / (Math.sqrt(s[1]) + 1e-3);
            }),
        new Rule(
            Map.of(
                "type",
                "adamw",
                "weightDecay",
                0.1,
                "epsilon",
                1e-3,
                "epsilonBeforeCorrection",
                true,
                "epsilonInsideRoot",
                true),
            (w, g, s, t) -> {
              moments(g, s);
              double rate = RATE * Math.sqrt(correction(0.999, t)) / correction(0.9, t);
              return w - RATE * 0.1 * w - rate * s[0] / Math.sqrt(s[1] + 1e-3);
            }),
        new Rule(
            Map.of("type", "adam", "biasCorrection", false, "amsgrad", true, "epsilon", 1e-3),
            (w, g, s, t) -> {
              moments(g, s);
              s[2] = Math.max(s[2], s[1]);
              return w - RATE * s[0] / (Math.sqrt(s[2]) + 1e-3);
            }),
        new Rule(
            Map.of("type", "adamw", "weightDecay", 0.1, "decayTimes", "schedule"),
            (w, g, s, t) -> w - FACTOR * 0.1 * w - RATE * adam(g, s, t, 1e-8, false)),
        new Rule(
            Map.of("type", "adamw", "weightDecay", 0.1, "exclude", List.of("weight")),
            (w, g, s, t) -> w - RATE * adam(g, s, t, 1e-8, false)),
        new Rule(
            Map.of("type", "momentum", "biasCorrection", true),
            (w, g, s, t) -> {
              s[0] = 0.9 * s[0] + 0.1 * g;
              return w - RATE * s[0] / correction(0.9, t);
            }),
        new Rule(
            Map.of(
                "type",
                "rmsprop",
                "momentum",
                0.5,
                "rateInsideVelocity",
                true,
                "initialAccumulator",
                1,
                "epsilonInsideRoot",
                true),
            (w, g, s, t) -> {
              s[0] = 0.99 * (t == 1 ? 1 : s[0]) + 0.01 * g * g;
              s[1] = 0.5 * s[1] + RATE * g / Math.sqrt(s[0] + 1e-8);
              return w - s[1];
            }),
        new Rule(
            Map.of(
                "type",
                "nadam",
                "momentumSchedule",
                false,
                "weightDecay",
                0.1,
                "decoupledDecay",
                true),
            (w, g, s, t) -> {
              moments(g, s);
              double d = 0.1 * g / correction(0.9, t) + 0.9 * s[0] / correction(0.9, t + 1);
              return w
                  - RATE * 0.1 * w
                  - RATE * d / (Math.sqrt(s[1] / correction(0.999, t)) + 1e-8);
            }),
        new Rule(
            Map.of("type", "radam", "beta2", 0.5, "threshold", 4, "unadaptedSteps", false),
            (w, g, s, t) -> {
              // rhoInf is 3, below any threshold: no steps at all
              return w;
            }),
        new Rule(
            Map.of(
                "type",
                "radam",
                "beta2",
                0.9,
                "epsilon",
                1e-2,
                "epsilonBeforeCorrection",
                false,
                "weightDecay",
                0.1,
                "decoupledDecay",
                true),
            (w, g, s, t) -> {
              s[0] = 0.9 * s[0] + 0.1 * g;
              s[1] = 0.9 * s[1] + 0.1 * g * g;
              double rhoInf = 19;
              double rho = rhoInf - 2 * t * Math.pow(0.9, t) / correction(0.9, t);
              double mHat = s[0] / correction(0.9, t);
              if (rho <= 5) {
                return w - RATE * 0.1 * w - RATE * mHat;
              }
              double r =
                  Math.sqrt((rho - 4) * (rho - 2) * rhoInf / ((rhoInf - 4) * (rhoInf - 2) * rho));
              return w
                  - RATE * 0.1 * w
                  - RATE * r * mHat / (Math.sqrt(s[1] / correction(0.9, t)) + 1e-2);
            }),
        new Rule(
            Map.of("type", "adamax", "epsilonInMaximum", false, "epsilon", 1e-3),
            (w, g, s, t) -> {
              s[0] = 0.9 * s[0] + 0.1 * g;
              s[1] = Math.max(0.999 * s[1], Math.abs(g));
              return w - RATE / correction(0.9, t) * s[0] / (s[1] + 1e-3);
            }),
        new Rule(
            Map.of(
                "type",
                "adabelief",
                "epsilon",
                1e-3,
                "amsgrad",
                true,
                "decoupledDecay",
                false,
                "weightDecay",
                0.1),
            (w, g, s, t) -> {
              double x = g + 0.1 * w;
              s[0] = 0.9 * s[0] + 0.1 * x;
              s[1] = 0.999 * s[1] + 0.001 * (x - s[0]) * (x - s[0]) + 1e-16;
              s[2] = Math.max(s[2], s[1]);
              return w
                  - RATE
                      * s[0]
                      / correction(0.9, t)
                      / (Math.sqrt(s[2] / correction(0.999, t)) + 1e-3);
            }),
        new Rule(
            Map.of("type", "lion", "momentumFirst", true, "weightDecay", 0.1),
            (w, g, s, t) -> {
              s[0] = 0.99 * s[0] + 0.01 * g;
              return w - RATE * (Math.signum(0.9 * s[0] + 0.1 * g) + 0.1 * w);
            }),
        new Rule(
            Map.of("type", "lars", "exclude", List.of("weight"), "weightDecay", 0.1),
            (w, g, s, t) -> {
              s[0] = 0.9 * s[0] + RATE * g;
              return w - s[0];
            }),
        new Rule(
            Map.of("type", "lamb", "exclude", List.of("weight")),
            (w, g, s, t) -> w - RATE * adam(g, s, t, 1e-6, false)));
  }

  private static double correction(double beta, int t) {
    return 1 - Math.pow(beta, t);
  }

  private static void moments(double g, double[] s) {
    s[0] = 0.9 * s[0] + 0.1 * g;
    s[1] = 0.999 * s[1] + 0.001 * g * g;
  }

  private static double adam(double g, double[] s, int t, double epsilon, boolean amsgrad) {
    s[0] = 0.9 * s[0] + 0.1 * g;
    s[1] = 0.999 * s[1] + 0.001 * g * g;
    s[2] = amsgrad ? Math.max(s[2], s[1]) : s[1];
    double mHat = s[0] / (1 - Math.pow(0.9, t));
    double vHat = s[2] / (1 - Math.pow(0.999, t));
    return mHat / (Math.sqrt(vHat) + epsilon);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void loopsComputeTheFormulaAndStayInsideTheChunk(Rule rule) {
    TestSeed seed = TestSeed.draw();
    for (int length : LENGTHS) {
      check(rule, length, seed);
    }
  }

  private static void check(Rule rule, int length, TestSeed seed) {
    Random random = seed.random();
    UpdateRule fast = Optimizers.create(Options.of("optimizer", rule.options()));
    TensorSpec tensor = new TensorSpec("w", List.of(Math.max(1, length)), Role.WEIGHT);
    float[][] state = new float[fast.stateNames(tensor).size()][length + BEHIND];
    float[] w = gaussians(random, length);
    float[] g = new float[length + BEHIND];
    ChunkState chunk = new ChunkState(tensor, new Chunk(0, 0, 0, 0, length), w, g, state);
    fast.initialize(chunk);
    double[] expected = new double[length + BEHIND];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = w[i];
    }
    double[][] plainState = new double[length][3];
    for (int t = 1; t <= 5; t++) {
      System.arraycopy(gaussians(random, length), 0, g, 0, g.length);
      for (int i = 0; i < length; i++) {
        expected[i] = rule.formula().update(expected[i], g[i], plainState[i], t);
      }
      Update update = new Update(t, RATE, RATE / FACTOR);
      Totals totals = new Totals(fast.rounds(), 0, new int[1]);
      for (int round = 0; round < fast.rounds(); round++) {
        fast.round(round, chunk, update, totals, new double[0]);
        totals.set(round, new double[][] {{}});
      }
      fast.apply(chunk, update, totals);
    }
    for (int i = 0; i < expected.length; i++) {
      // five steps of at most 0.03, each rounded to float32 a few times
      assertThat((double) w[i])
          .as("%s: element %d of %d", seed, i, length)
          .isCloseTo(expected[i], within(1e-6 * Math.max(1, Math.abs(expected[i]))));
    }
    for (float[] array : state) {
      for (int i = length; i < array.length; i++) {
        assertThat(array[i]).as("state behind the chunk").isZero();
      }
    }
  }

  private static float[] gaussians(Random random, int length) {
    float[] values = new float[length + BEHIND];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
