package io.lockstep.worker.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class ElementaryTest {
  /** Phi(x) with 40 digits (mpmath: erfc(-x / sqrt 2) / 2), rounded to double. */
  private static final double[][] NORMAL = {
    {-37, 5.725571222524577e-300},
    {-20, 2.7536241186062337e-89},
    {-8.5, 9.479534822203318e-18},
    {-6, 9.86587645037698e-10},
    {-3.25, 0.000577025042390767},
    {-1, 0.15865525393145705},
    {-0.3, 0.3820885778110474},
    {-1e-9, 0.49999999960105773},
    {0, 0.5},
    {1e-3, 0.500398942213911},
    {0.7, 0.758036347776927},
    {2.5, 0.9937903346742238},
    {5, 0.9999997133484281},
    {9, 1.0},
  };

  @Test
  void expIsWithinTwoUnitsInTheLastPlaceOfStrictMath() {
    assertThat(worstUlps(Elementary::exp, StrictMath::exp, 705)).isLessThanOrEqualTo(2);
    assertThat(worstUlps(Elementary::exp, StrictMath::exp, 1)).isLessThanOrEqualTo(2);
  }

  @Test
  void expMeetsItsEnds() {
    assertThat(Elementary.exp(0)).isEqualTo(1);
    assertThat(Elementary.exp(-0.0)).isEqualTo(1);
    assertThat(Elementary.exp(1000)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Elementary.exp(-1000)).isZero();
    assertThat(Elementary.exp(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(Elementary.exp(Double.NaN)).isNaN();
    for (double limit : new double[] {-700, 700}) {
      double inside = Elementary.exp(Math.nextAfter(limit, 0));
      assertThat(inside / Elementary.exp(limit)).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void blockExpEqualsTheSingleOneBitForBit() {
    double[] x = {0, -0.0, 1e-300, 0.3, -0.3, 1, -1, 20.7, -20.7, 699.9, -699.9, 5e-3, -5e-3};
    double[] y = new double[x.length];
    Elementary.exp(x, y, new double[x.length], x.length);
    for (int i = 0; i < x.length; i++) {
      assertThat(y[i]).as("e^%s", x[i]).isEqualTo(Elementary.exp(x[i]));
    }
    Elementary.exp(x, x, new double[x.length], x.length);
    assertThat(x).as("in place").isEqualTo(y);
  }

  @Test
  void blockExpIsZeroAndInfiniteFarOut() {
    double inf = Double.POSITIVE_INFINITY;
    double[] x = {701, -701, 1e6, -1e6, 1e300, -1e300, inf, -inf, Double.NaN};
    double[] y = new double[x.length];
    Elementary.exp(x, y, new double[x.length], x.length);
    assertThat(y).containsExactly(inf, 0, inf, 0, inf, 0, inf, 0, Double.NaN);
    Elementary.expm1(x, y, new double[x.length], x.length);
    assertThat(y).containsExactly(inf, -1, inf, -1, inf, -1, inf, -1, Double.NaN);
  }

  @Test
  void blockExpm1KeepsItsRelativeAccuracyNearZero() {
    for (double x : new double[] {1e-300, 1e-18, -1e-9, 2.6e-3, 2.8e-3, -2.8e-3, 0.1, -3, 40}) {
      double[] y = {x};
      Elementary.expm1(y, y, new double[1], 1);
      double expected = StrictMath.expm1(x);
      assertThat(y[0]).as("expm1(%s)", x).isCloseTo(expected, within(1e-13 * Math.abs(expected)));
    }
  }

  @Test
  void tanhIsWithinFourUnitsInTheLastPlaceOfStrictMath() {
    for (double scale : new double[] {1e-8, 0.21, 2, 25}) {
      assertThat(worstUlps(Elementary::tanh, StrictMath::tanh, scale)).isLessThanOrEqualTo(4);
    }
    assertThat(Elementary.tanh(1000)).isEqualTo(1);
    assertThat(Elementary.tanh(-1000)).isEqualTo(-1);
    assertThat(Elementary.tanh(Double.NaN)).isNaN();
  }

  @Test
  void sigmoidAndSoftplusStayFiniteFarOut() {
    assertThat(Elementary.sigmoid(1000)).isEqualTo(1);
    assertThat(Elementary.sigmoid(-1000)).isZero();
    assertThat(Elementary.sigmoid(0)).isEqualTo(0.5);
    assertThat(Elementary.softplus(1000)).isEqualTo(1000);
    assertThat(Elementary.softplus(-1000)).isZero();
    assertThat(Elementary.softplus(0)).isEqualTo(StrictMath.log(2));
    assertThat(Elementary.softplus(-40)).isCloseTo(StrictMath.exp(-40), within(1e-30));
  }

  @Test
  void normalDistributionMeetsItsReferenceInBothTails() {
    for (double[] row : NORMAL) {
      assertThat(normalCdf(row[0])).as("Phi(%s)", row[0]).isCloseTo(row[1], within(1e-13 * row[1]));
    }
    assertThat(normalCdf(-1000)).isZero();
    assertThat(normalCdf(1000)).isEqualTo(1);
    assertThat(normalCdf(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(normalCdf(Double.POSITIVE_INFINITY)).isEqualTo(1);
    assertThat(normalCdf(Double.NaN)).isNaN();
  }

  @Test
  void normalDistributionGrowsAndItsTailsMirror() {
    double previous = 0;
    for (double x = -12; x < 12; x += 0.00193) {
      double value = normalCdf(x);
      assertThat(value).as("Phi(%s)", x).isGreaterThanOrEqualTo(previous);
      assertThat(value + normalCdf(-x)).isCloseTo(1, within(1e-15));
      previous = value;
    }
  }

  private static double normalCdf(double x) {
    double[] y = new double[1];
    double[] power = new double[1];
    Elementary.normalCdf(new double[] {x}, y, power, new double[1], 1);
    assertThat(power[0]).isEqualTo((Double) Elementary.exp(-0.5 * x * x));
    return y[0];
  }

  private static double worstUlps(
      DoubleUnaryOperator actual, DoubleUnaryOperator expected, double scale) {
    RandomStream random = RandomStream.of(7, Purpose.GRADIENT_CHECK, 1, 0, 0);
    double worst = 0;
    for (int i = 0; i < 200_000; i++) {
      double x = scale * (2 * random.unit(i) - 1);
      double e = expected.applyAsDouble(x);
      worst = Math.max(worst, Math.abs(actual.applyAsDouble(x) - e) / Math.ulp(e));
    }
    return worst;
  }

  /** Two units in the last place of float32 are at most 2.4e-7 of the number. */
  @Test
  void blockExpInFloatIsWithinTwoUnitsInTheLastPlace() {
    float[] x = evenly(-86.99f, 88, 20_011);
    float[] y = new float[x.length];
    Elementary.exp(x, y, new float[x.length], x.length);
    for (int i = 0; i < x.length; i++) {
      double expected = StrictMath.exp(x[i]);
      assertThat((double) y[i]).as("e^%s", x[i]).isCloseTo(expected, within(2 * ulp(expected)));
    }
    Elementary.exp(x, x, new float[x.length], x.length);
    assertThat(x).as("in place").isEqualTo(y);
  }

  @Test
  void blockExpInFloatStopsAtItsEnds() {
    float inf = Float.POSITIVE_INFINITY;
    float[] y = {0, -0f, -1000, -inf, 1000, inf, Float.NaN, -87};
    Elementary.exp(y, y, new float[8], 8);
    assertThat(y[0]).isEqualTo(1);
    assertThat(y[1]).isEqualTo(1);
    assertThat(y[2]).isZero();
    assertThat(y[3]).isZero();
    assertThat(y[7]).isZero();
    assertThat(y[4]).isEqualTo(y[5]).isFinite().isGreaterThan(1e38f);
    assertThat(y[6]).isNaN();
  }

  @Test
  void normalDistributionInFloatIsWithinItsBounds() {
    float[] x = evenly(-13, 13, 20_011);
    double[] expected = new double[x.length];
    double[] wide = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      wide[i] = x[i];
    }
    Elementary.normalCdf(wide, expected, new double[x.length], new double[x.length], x.length);
    float[] y = new float[x.length];
    float[] power = new float[x.length];
    Elementary.normalCdf(x, y, power, new float[x.length], x.length);
    for (int i = 0; i < x.length; i++) {
      double relative = x[i] < 0 ? (1 + wide[i] * wide[i]) * expected[i] : 1;
      assertThat((double) y[i]).as("Phi(%s)", x[i]).isCloseTo(expected[i], within(2e-7 * relative));
      double density = StrictMath.exp(-0.5 * wide[i] * wide[i]);
      assertThat((double) power[i])
          .isCloseTo(density, within(1e-7 * (2 + wide[i] * wide[i]) * density));
    }
  }

  private static float[] evenly(float first, float last, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = first + (last - first) * i / (n - 1);
    }
    return x;
  }

  private static double ulp(double value) {
    return Math.ulp((float) value);
  }
}
