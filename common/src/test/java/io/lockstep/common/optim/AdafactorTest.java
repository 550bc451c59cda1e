package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Adafactor} against its formula in plain double, however its matrices are cut. */
class AdafactorTest {
  private static final int MATRICES = 4;
  private static final int ROWS = 3;
  private static final int COLUMNS = 5;
  private static final int N = MATRICES * ROWS * COLUMNS;
  private static final double RATE = 0.02;
  private static final double BASE_RATE = 0.08;

  private static final Map<String, Object> TORCH = Map.of("type", "adafactor", "weightDecay", 0.1);
  private static final Map<String, Object> T5 =
      Map.of(
          "type",
          "adafactor",
          "epsilonAdded",
          true,
          "epsilon1",
          1e-30,
          "relativeStep",
          false,
          "beta1",
          0.9,
          "weightDecay",
          0.1,
          "decayTimes",
          "step");
  private static final Map<String, Object> OPTAX =
      Map.of(
          "type",
          "adafactor",
          "epsilonAdded",
          true,
          "epsilon1",
          1e-30,
          "relativeStep",
          false,
          "minimumFactoredDimension",
          128,
          "weightDecay",
          1e-3,
          "decayTimes",
          "constant");
  private static final Map<String, Object> UNSCALED =
      Map.of(
          "type",
          "adafactor",
          "scaleParameter",
          false,
          "clippingThreshold",
          0.5,
          "weightDecay",
          0.1,
          "decayTimes",
          "schedule");

  static List<Map<String, Object>> forms() {
    return List.of(TORCH, T5, OPTAX, UNSCALED);
  }

  /** The documented formula, a matrix after another. */
  private static final class Plain {
    private final Map<String, Object> options;
    private final double[][] rows = new double[MATRICES][ROWS];
    private final double[][] columns = new double[MATRICES][COLUMNS];
    private final double[] v = new double[N];
    private final double[] m = new double[N];

    Plain(Map<String, Object> options) {
      this.options = options;
    }

    private double number(String key, double otherwise) {
      return options.get(key) instanceof Number number ? number.doubleValue() : otherwise;
    }

    private boolean flag(String key, boolean otherwise) {
      return options.get(key) instanceof Boolean flag ? flag : otherwise;
    }

    void step(int t, double[] w, float[] g) {
      double take = Math.pow(t, -0.8);
      boolean added = flag("epsilonAdded", false);
      double epsilon1 = number("epsilon1", Math.ulp(1f));
      double[] u = new double[N];
      for (int b = 0; b < MATRICES; b++) {
        double mean = 0;
        for (int r = 0; r < ROWS; r++) {
          double sum = 0;
          for (int c = 0; c < COLUMNS; c++) {
            sum += square(g, b, r, c) + (added ? epsilon1 : 0);
          }
          rows[b][r] = (1 - take) * rows[b][r] + take * sum / COLUMNS;
          mean += rows[b][r] / ROWS;
        }
        for (int c = 0; c < COLUMNS; c++) {
          double sum = 0;
          for (int r = 0; r < ROWS; r++) {
            sum += square(g, b, r, c) + (added ? epsilon1 : 0);
          }
          columns[b][c] = (1 - take) * columns[b][c] + take * sum / ROWS;
        }
        for (int r = 0; r < ROWS; r++) {
          for (int c = 0; c < COLUMNS; c++) {
            int i = index(b, r, c);
            v[i] = (1 - take) * v[i] + take * (square(g, b, r, c) + (added ? epsilon1 : 0));
            double bounded = added ? mean : Math.max(mean, epsilon1);
            double estimate =
                number("minimumFactoredDimension", 1) > ROWS
                    ? v[i]
                    : rows[b][r] * columns[b][c] / bounded;
            u[i] = g[i] / Math.sqrt(added ? estimate : Math.max(estimate, epsilon1 * epsilon1));
          }
        }
      }
      double rho = flag("relativeStep", true) ? Math.min(RATE, 1 / Math.sqrt(t)) : RATE;
      double alpha = flag("scaleParameter", true) ? Math.max(1e-3, rms(w)) * rho : rho;
      double clipped = alpha / Math.max(1, rms(u) / number("clippingThreshold", 1));
      Object times = options.getOrDefault("decayTimes", "rate");
      double factor =
          times.equals("rate")
              ? RATE
              : times.equals("step") ? alpha : times.equals("schedule") ? RATE / BASE_RATE : 1;
      double beta1 = number("beta1", 0);
      for (int i = 0; i < N; i++) {
        m[i] = beta1 * m[i] + (1 - beta1) * clipped * u[i];
        w[i] -= factor * number("weightDecay", 0) * w[i] + m[i];
      }
    }

    private static int index(int b, int r, int c) {
      return (b * ROWS + r) * COLUMNS + c;
    }

    private static double square(float[] g, int b, int r, int c) {
      double x = g[index(b, r, c)];
      return x * x;
    }

    private static double rms(double[] x) {
      double sum = 0;
      for (double value : x) {
        sum += value * value;
      }
      return Math.sqrt(sum / x.length);
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void itIsTheFormulaForMatricesThatAreWholeInRowsAndInPieces(Map<String, Object> options) {
    TestSeed seed = TestSeed.draw();
    for (int chunkElements : new int[] {1, 2, 5, 7, 10, 14, 15, 31, 1000}) {
      Random random = seed.random();
      TensorSpec tensor = new TensorSpec("w", List.of(2, 2, ROWS, COLUMNS), Role.WEIGHT);
      Layout layout = Layout.of(List.of(tensor), chunkElements);
      float[] start = gaussians(random, 0.3);
      UpdateRule rule = Optimizers.create(Options.of("optimizer", options));
      ShardedRun run = new ShardedRun(layout, Clip.NONE, rule, 3, start);
      double[] expected = new double[N];
      for (int i = 0; i < N; i++) {
        expected[i] = start[i];
      }
      Plain plain = new Plain(options);
      for (int t = 1; t <= 8; t++) {
        float[] gradient = gaussians(random, 0.1);
        plain.step(t, expected, gradient);
        run.step(new Update(t, RATE, BASE_RATE), gradient);
      }
      float[] actual = run.parameters();
      for (int i = 0; i < N; i++) {
        // eight steps of about 0.01 in float32
        assertThat((double) actual[i])
            .as("%s: chunks of %d, element %d", seed, chunkElements, i)
            .isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  private static float[] gaussians(Random random, double scale) {
    float[] values = new float[N];
    for (int i = 0; i < N; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  @Test
  void everyAverageIsKeptOnceHoweverTheMatricesAreCut() {
    TensorSpec tensor = new TensorSpec("w", List.of(2, 2, ROWS, COLUMNS), Role.WEIGHT);
    UpdateRule rule = Optimizers.create(Options.of("optimizer", TORCH));
    for (int chunkElements = 1; chunkElements <= N; chunkElements++) {
      Layout layout = Layout.of(List.of(tensor), chunkElements);
      int rows = layout.chunks().stream().mapToInt(c -> rule.stateLength(0, tensor, c)).sum();
      int columns = layout.chunks().stream().mapToInt(c -> rule.stateLength(1, tensor, c)).sum();
      assertThat(rows).as("rows, chunks of %d", chunkElements).isEqualTo(MATRICES * ROWS);
      assertThat(columns).as("columns, chunks of %d", chunkElements).isEqualTo(MATRICES * COLUMNS);
    }
  }

  @Test
  void smallMatricesNeedNoSumsBesideTheNorms() {
    UpdateRule rule = Optimizers.create(Options.of("optimizer", TORCH));
    TensorSpec kernels = new TensorSpec("w", List.of(512, 512, 3, 3), Role.WEIGHT);
    assertThat(rule.sums(0, kernels, Layout.DEFAULT_CHUNK_ELEMENTS)).isEqualTo(1);
    TensorSpec matrix = new TensorSpec("w", List.of(1000, 300), Role.WEIGHT);
    assertThat(rule.sums(0, matrix, Layout.DEFAULT_CHUNK_ELEMENTS)).isEqualTo(1 + 300 + 1);
    TensorSpec wide = new TensorSpec("w", List.of(3, 100_000), Role.WEIGHT);
    assertThat(rule.sums(0, wide, Layout.DEFAULT_CHUNK_ELEMENTS)).isEqualTo(1 + 100_000 + 1 + 3);
  }
}
