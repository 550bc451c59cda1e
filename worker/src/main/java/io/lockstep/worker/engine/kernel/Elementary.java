package io.lockstep.worker.engine.kernel;

/**
 * exp, tanh and the normal distribution in plain double arithmetic: the same bits on every machine,
 * interpreted or compiled. {@link Math#exp} and its like are left out on purpose: their intrinsics
 * may differ between processors and between interpreter and compiler. {@link StrictMath} would do,
 * and does for rare arguments, at several times the price.
 */
public final class Elementary {
  /** Adding it leaves a rounded integer in the low bits of the sum: 1.5 * 2^52. */
  private static final double ROUND = 0x1.8p52;

  private static final double STEPS_PER_LN2 = 0x1.71547652b82fep+7;
  private static final double STEP_HIGH = 0x1.62e42fef8p-8;
  private static final double STEP_LOW = 0x1.1cf79abc9e3b4p-43;
  private static final double EXP_LIMIT = 700;
  private static final double STEPS_LIMIT = Math.rint(EXP_LIMIT * STEPS_PER_LN2);

  /** The bits of 2^(j / 128). */
  private static final long[] POWERS = new long[128];

  static {
    for (int j = 0; j < POWERS.length; j++) {
      POWERS[j] = Double.doubleToRawLongBits(StrictMath.pow(2, j / 128.0));
    }
  }

  private static final double SQRT_HALF_OVER_PI = 0.3989422804014327;

  /** Chebyshev coefficients of (1 + a) M(a) in u = (a - 4) / (a + 4); see normalCdf. */
  private static final double[] MILLS = {
    0.4655865996963784,
    -0.06423751712334332,
    -0.011171509596721219,
    0.01263630599437623,
    -0.004828490640131744,
    0.0010793834106156014,
    -0.0001194099520285248,
    -6.8485883776766764e-06,
    4.060629718065491e-06,
    -1.9527544708338363e-07,
    -1.1345944386467565e-07,
    1.227397138426542e-08,
    3.662441203341559e-09,
    -5.088948506210621e-10,
    -1.4602402012093163e-10,
    1.8321966529064227e-11,
    6.857544400027546e-12,
    -5.077272058049455e-13,
    -3.458064365204774e-13,
    4.412922855809207e-16,
    1.7054866572266912e-14,
    1.5123653278115068e-15,
    -7.370100783416678e-16,
    -1.6124885584264884e-16
  };

  private Elementary() {}

  /**
   * e to the x, within 2 units in the last place: x = (n / 128) ln 2 + r, a table of 2^(j / 128)
   * for the low bits of n, its high bits added to the exponent, and the Taylor polynomial of degree
   * 5 for e^r, whose error is below 2^-60 at |r| &lt;= ln 2 / 256 (Tang 1989, "Table-driven
   * implementation of the exponential function"). Beyond +-700, for infinities and NaN, {@link
   * StrictMath#exp}.
   */
  public static double exp(double x) {
    if (!(Math.abs(x) < EXP_LIMIT)) {
      return StrictMath.exp(x);
    }
    double rounded = x * STEPS_PER_LN2 + ROUND;
    double steps = rounded - ROUND;
    double r = (x - steps * STEP_HIGH) - steps * STEP_LOW;
    double power = power(rounded);
    double q = r + r * r * (1 / 2.0 + r * (1 / 6.0 + r * (1 / 24.0 + r * (1 / 120.0))));
    return power + power * q;
  }

  /**
   * y = e^x over a block, as {@link #exp(double)} bit for bit inside +-700; beyond, 0 and infinity.
   * In stages, because C2 vectorises all but the look-up.
   *
   * @param x [n]; may be the same array as y
   * @param y [n], written
   * @param scratch [n], another array
   */
  public static void exp(double[] x, double[] y, double[] scratch, int n) {
    reduce(x, y, scratch, n);
    for (int i = 0; i < n; i++) {
      double power = power(scratch[i]);
      y[i] = power + power * y[i];
    }
    saturate(y, 0, scratch, n);
  }

  /**
   * y = e^x - 1 over a block without cancellation, relative error below 1e-13; below -700 it is -1,
   * above 700 infinity.
   *
   * @param x [n]; may be the same array as y
   * @param y [n], written
   * @param scratch [n], another array
   */
  public static void expm1(double[] x, double[] y, double[] scratch, int n) {
    reduce(x, y, scratch, n);
    for (int i = 0; i < n; i++) {
      double power = power(scratch[i]);
      y[i] = (power - 1) + power * y[i];
    }
    saturate(y, -1, scratch, n);
  }

  /** rounded = 128 x / ln 2 + ROUND, q = e^r - 1. */
  private static void reduce(double[] x, double[] q, double[] rounded, int n) {
    for (int i = 0; i < n; i++) {
      rounded[i] = x[i] * STEPS_PER_LN2 + ROUND;
    }
    for (int i = 0; i < n; i++) {
      double steps = rounded[i] - ROUND;
      double r = (x[i] - steps * STEP_HIGH) - steps * STEP_LOW;
      q[i] = r + r * r * (1 / 2.0 + r * (1 / 6.0 + r * (1 / 24.0 + r * (1 / 120.0))));
    }
  }

  /** 2^(n / 128) for rounded = n + ROUND. */
  private static double power(double rounded) {
    long k = Double.doubleToRawLongBits(rounded);
    return Double.longBitsToDouble(POWERS[(int) k & 127] + ((k >> 7) << 52));
  }

  private static void saturate(double[] y, double low, double[] rounded, int n) {
    for (int i = 0; i < n; i++) {
      double steps = rounded[i] - ROUND;
      if (steps >= STEPS_LIMIT) {
        y[i] = Double.POSITIVE_INFINITY;
      } else if (steps <= -STEPS_LIMIT) {
        y[i] = low;
      }
    }
  }

  /** ln x, {@link StrictMath#log}: losses take it once an example. */
  public static double log(double x) {
    return StrictMath.log(x);
  }

  /** ln(1 + x), {@link StrictMath#log1p}. */
  public static double log1p(double x) {
    return StrictMath.log1p(x);
  }

  /** 1 / (1 + e^-x): no cancellation anywhere, 0 and 1 at the ends. */
  public static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
  }

  /** ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|): finite for every finite x. */
  public static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(exp(-Math.abs(x)));
  }

  /**
   * tanh x, within 4 units in the last place: for |x| &lt; 0.2 the sixth convergent of Lambert's
   * continued fraction (1761), x / (1 + x^2 / (3 + x^2 / (5 + ...))), whose relative error there is
   * below 1e-17; else (1 - e) / (1 + e) with e = e^(-2 |x|), with the sign of x.
   */
  public static double tanh(double x) {
    double a = Math.abs(x);
    if (a < 0.2) {
      double s = x * x;
      return x * (10395 + s * (1260 + s * 21)) / (10395 + s * (4725 + s * (210 + s)));
    }
    double e = exp(-2 * a);
    return Math.copySign((1 - e) / (1 + e), x);
  }

  /** The density of the standard normal distribution, e^(-x^2 / 2) / sqrt(2 pi). */
  public static double normalDensity(double x) {
    return SQRT_HALF_OVER_PI * exp(-0.5 * x * x);
  }

  /**
   * Phi(x) = (1 + erf(x / sqrt 2)) / 2, the distribution function of the standard normal, relative
   * error below 1e-14 in both tails down to x = -37. With a = |x|, Phi(-a) = M(a) e^(-a^2 / 2),
   * where (1 + a) M(a) is smooth on [0, infinity) and a Chebyshev series of 24 terms in (a - 4) /
   * (a + 4); the form is that of Shepherd and Laframboise (1981) for erfc, the coefficients are
   * computed anew with 50 digits.
   */
  public static double normalCdf(double x) {
    double a = Math.min(Math.abs(x), 40);
    double u = (a - 4) / (a + 4);
    double b1 = 0;
    double b2 = 0;
    for (int i = MILLS.length - 1; i > 0; i--) {
      double b0 = 2 * u * b1 - b2 + MILLS[i];
      b2 = b1;
      b1 = b0;
    }
    double tail = exp(-0.5 * a * a) * (u * b1 - b2 + MILLS[0]) / (1 + a);
    return x > 0 ? 1 - tail : tail;
  }

  /**
   * Phi(x) as {@link #normalCdf}, relative error below 2e-8, which float32 does not see: the same
   * form with 11 terms in (a - 3) / (a + 3), as a polynomial.
   *
   * @param density {@link #normalDensity} of x, which the caller needs anyway
   */
  public static double normalCdfForFloat(double x, double density) {
    double a = Math.min(Math.abs(x), 40);
    double u = (a - 3) / (a + 3);
    double p = 5.971905415164992e-05;
    p = p * u + 3.57751049240858e-05;
    p = p * u - 0.00047400671598599257;
    p = p * u - 0.0003653921829673797;
    p = p * u + 0.0029866972829099077;
    p = p * u + 0.0011640537392036588;
    p = p * u - 0.02272445134280781;
    p = p * u + 0.04516344295640516;
    p = p * u - 0.016432611968307236;
    p = p * u - 0.09652673970132163;
    p = p * u + 0.4860557993254558;
    double tail = density / SQRT_HALF_OVER_PI * p / (1 + a);
    return x > 0 ? 1 - tail : tail;
  }
}
