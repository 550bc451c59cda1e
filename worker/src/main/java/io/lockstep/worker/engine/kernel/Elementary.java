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

  /** 1 / sqrt(2 pi), the density of the standard normal at 0. */
  public static final double DENSITY_AT_ZERO = 0.3989422804014327;

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

  /**
   * Phi(x) = (1 + erf(x / sqrt 2)) / 2 over a block, the distribution function of the standard
   * normal, with a relative error below 1e-13 in both tails down to x = -37. With a = |x|, Phi(-a)
   * = e^(-a^2 / 2) M(a), where (1 + a) M(a) is smooth on [0, infinity): a polynomial of degree 18
   * in u = (a - 4) / (a + 4). The form is that of Shepherd and Laframboise (1981) for erfc; the
   * coefficients are a Chebyshev series computed with 50 digits. In two halves, because C2 leaves
   * longer loops alone.
   *
   * @param x [n]; not modified
   * @param y [n], written; another array
   * @param power [n], written with e^(-x^2 / 2), which the derivative needs; another array
   * @param scratch [n], another array
   */
  public static void normalCdf(double[] x, double[] y, double[] power, double[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      power[i] = -0.5 * x[i] * x[i];
    }
    exp(power, power, scratch, n);
    for (int i = 0; i < n; i++) {
      double u = 1 - 8 / (Math.abs(x[i]) + 4);
      double p = -4.532554124761201e-08;
      p = p * u - 3.327441015963291e-08;
      p = p * u + 4.286729505143567e-07;
      p = p * u + 4.4160334279062816e-07;
      p = p * u - 2.477495086707809e-06;
      p = p * u - 3.4576133572518464e-06;
      p = p * u + 1.3534765909970221e-05;
      p = p * u + 2.1261308779438892e-05;
      p = p * u - 8.781388613974919e-05;
      p = p * u - 9.44334242133997e-05;
      y[i] = p;
    }
    for (int i = 0; i < n; i++) {
      double u = 1 - 8 / (Math.abs(x[i]) + 4);
      double p = y[i];
      p = p * u + 0.0006948868137333741;
      p = p * u - 0.0002856225575333547;
      p = p * u - 0.00500237703496192;
      p = p * u + 0.017936097428929796;
      p = p * u - 0.0321978375480109;
      p = p * u + 0.028600364055729827;
      p = p * u + 0.0139996347280198;
      p = p * u - 0.09670347732655316;
      p = p * u + 0.47205320650982685;
      y[i] = p / (1 + Math.abs(x[i]));
    }
    for (int i = 0; i < n; i++) {
      double tail = power[i] * y[i];
      y[i] = x[i] > 0 ? 1 - tail : tail;
    }
  }

  private static final float ROUND_FLOAT = 0x1.8p23f;
  private static final float STEPS_PER_LN2_FLOAT = 0x1.715476p+0f;
  private static final float LN2_HIGH = 0x1.63p-1f;
  private static final float LN2_LOW = -0x1.bd0106p-13f;
  private static final float LOWEST = -87;
  private static final float HIGHEST = 88;

  /**
   * y = e^x over a block in float32, within 2 units in the last place: x = n ln 2 + r, a polynomial
   * of degree 6 for e^r whose error is below 2^-26 at |r| &lt;= ln 2 / 2, and 2^n by its exponent.
   * From -87 down it is 0, and what is above 88 counts as 88, so that nothing is denormal or
   * infinite; NaN stays NaN. 0.6 ns a number where the form in double takes 1.1.
   *
   * @param x [n]; may be the same array as y
   * @param y [n], written
   * @param scratch [n], another array
   */
  public static void exp(float[] x, float[] y, float[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(Math.max(x[i], LOWEST), HIGHEST);
    }
    for (int i = 0; i < n; i++) {
      scratch[i] = y[i] * STEPS_PER_LN2_FLOAT + ROUND_FLOAT;
    }
    for (int i = 0; i < n; i++) {
      float steps = scratch[i] - ROUND_FLOAT;
      float r = (y[i] - steps * LN2_HIGH) - steps * LN2_LOW;
      float p = 0.0013926927f;
      p = p * r + 0.008363774f;
      p = p * r + 0.04166655f;
      p = p * r + 0.16666573f;
      p = p * r + 0.5f;
      float above = Math.min((y[i] - LOWEST) * 1e30f, 1); // 0 at the lower end, else 1
      y[i] = (1 + (r + p * (r * r))) * above;
    }
    for (int i = 0; i < n; i++) { // the low bits are n, and shifted nothing else is left of them
      int power = (Float.floatToRawIntBits(scratch[i]) << 23) + (127 << 23);
      y[i] = y[i] * Float.intBitsToFloat(power);
    }
  }

  /**
   * Phi(x), the distribution function of the standard normal, over a block in float32: within 2e-7
   * absolutely, and below 0 within (1 + x^2) 2e-7 relatively down to x = -13. As {@link
   * #normalCdf(double[], double[], double[], double[], int)}, with a polynomial of degree 10 whose
   * error is below 2e-8.
   *
   * @param x [n]; not modified
   * @param y [n], written; another array
   * @param power [n], written with e^(-x^2 / 2), which the derivative needs; another array
   * @param scratch [n], another array
   */
  public static void normalCdf(float[] x, float[] y, float[] power, float[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      power[i] = -0.5f * x[i] * x[i];
    }
    exp(power, power, scratch, n);
    for (int i = 0; i < n; i++) {
      float a = Math.abs(x[i]);
      float u = 1 - 8 / (a + 4);
      float p = -5.9966405e-5f;
      p = p * u - 4.986024e-5f;
      p = p * u + 6.696953e-4f;
      p = p * u - 3.261253e-4f;
      p = p * u - 0.0049918536f;
      p = p * u + 0.01795304f;
      p = p * u - 0.032199673f;
      p = p * u + 0.028597405f;
      p = p * u + 0.013999726f;
      p = p * u - 0.09670333f;
      p = p * u + 0.4720532f;
      scratch[i] = p / (1 + a);
    }
    for (int i = 0; i < n; i++) { // upper is 1 where x is above 0, else 0: C2 vectorises no branch
      float tail = power[i] * scratch[i];
      float upper = Math.max(Math.min(x[i] * 1e38f * 1e38f, 1), 0);
      y[i] = upper + tail * (1 - 2 * upper);
    }
  }
}
