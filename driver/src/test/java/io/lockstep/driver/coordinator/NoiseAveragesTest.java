package io.lockstep.driver.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.report.GradientNoise;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The gradient noise scale against its definition, on made-up gradients. */
class NoiseAveragesTest {
  private static final double[] GRADIENT = {0.5, -1, 2};
  private static final double[] DEVIATION = {3, 1, 0.5};
  private static final double SQUARE = 0.25 + 1 + 4;
  private static final double TRACE = 9 + 1 + 0.25;

  /** Slices of so many examples, each with the true gradient and noise of its own. */
  private static GradientNoise estimate(Random random, int... slices) {
    Scalars batch = Scalars.NONE;
    double[] whole = new double[3];
    for (int examples : slices) {
      double[] sum = new double[3];
      for (int e = 0; e < examples; e++) {
        for (int k = 0; k < 3; k++) {
          sum[k] += GRADIENT[k] + DEVIATION[k] * random.nextGaussian();
        }
      }
      for (int k = 0; k < 3; k++) {
        whole[k] += sum[k];
      }
      batch = batch.plus(Scalars.ofSlice(0, examples, squares(sum), examples));
    }
    double gradientSquare = squares(whole) / (batch.weight() * batch.weight());
    return NoiseAverages.estimate(batch, gradientSquare, slices.length);
  }

  private static double squares(double[] x) {
    return x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
  }

  @Test
  void bothEstimatesAreUnbiasedForEqualAndForUnequalSlices() {
    TestSeed seed = TestSeed.draw();
    Random random = new Random(seed.value());
    for (int[] slices : new int[][] {{8, 8, 8, 8}, {1, 2, 13, 4, 7}, {3, 1}}) {
      int steps = 40_000;
      double[] sum = new double[2];
      double[] squares = new double[2];
      for (int step = 0; step < steps; step++) {
        GradientNoise found = estimate(random, slices);
        double[] values = {found.trace(), found.square()};
        for (int k = 0; k < 2; k++) {
          sum[k] += values[k];
          squares[k] += values[k] * values[k];
        }
      }
      double[] expected = {TRACE, SQUARE};
      for (int k = 0; k < 2; k++) {
        double mean = sum[k] / steps;
        double deviation = Math.sqrt((squares[k] / steps - mean * mean) / steps);
        // Six standard deviations of the mean: once in 10^9 by chance.
        assertThat(mean).as("%s, %s", k, seed).isCloseTo(expected[k], within(6 * deviation));
      }
    }
  }

  /** Their (A.2) and (A.3), with B_small the slice, B_big the batch. */
  @Test
  void forEqualSlicesTheEstimatesAreThoseOfThePaper() {
    double[][] slices = {{4, 0}, {0, 8}, {2, 2}, {-2, 6}};
    double small = 2;
    double big = 8;
    Scalars batch = Scalars.NONE;
    double smallSquare = 0;
    for (double[] sum : slices) {
      double square = sum[0] * sum[0] + sum[1] * sum[1];
      batch = batch.plus(Scalars.ofSlice(0, small, square, 2));
      smallSquare += square / (small * small) / slices.length;
    }
    double bigSquare = (4 * 4 + 16 * 16) / (big * big);
    GradientNoise found = NoiseAverages.estimate(batch, bigSquare, slices.length);
    assertThat(found.square())
        .isCloseTo((big * bigSquare - small * smallSquare) / (big - small), within(1e-12));
    assertThat(found.trace())
        .isCloseTo((smallSquare - bigSquare) / (1 / small - 1 / big), within(1e-12));
  }

  @Test
  void oneSliceSaysNothingAndChangesNothing() {
    GradientNoise unknown = NoiseAverages.estimate(new Scalars(1, 8, 3, 1), 2, 1);
    assertThat(unknown).isEqualTo(GradientNoise.UNKNOWN);
    NoiseAverages some = new NoiseAverages(3, 2);
    assertThat(some.after(unknown)).isSameAs(some);
    Scalars overflow = new Scalars(1, 8, Double.POSITIVE_INFINITY, 1);
    assertThat(NoiseAverages.estimate(overflow, 2, 4).isKnown()).isFalse();
  }

  @Test
  void theScaleDividesAveragesAndIsUndefinedWhereOneIsNotPositive() {
    assertThat(NoiseAverages.NONE.scale()).isNaN();
    NoiseAverages first = NoiseAverages.NONE.after(new GradientNoise(Double.NaN, 6, 2));
    assertThat(first.scale()).isCloseTo(3, within(1e-12));
    NoiseAverages second = first.after(new GradientNoise(Double.NaN, 2, 0));
    assertThat(second.scale()).isCloseTo((0.99 * 6 + 2) / (0.99 * 2 + 0), within(1e-12));
    assertThat(first.after(new GradientNoise(Double.NaN, 6, -5)).scale()).isNaN();
    assertThat(NoiseAverages.restore(second.state())).isEqualTo(second);
  }
}
