package io.lockstep.common.frame;

/**
 * IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. Values are multiples of 2^-24 up
 * to 65504; subnormals below 2^-14. A float32 goes to the nearest value, of two equally near ones
 * to that with the even last bit; from 65520 on it goes to infinity. A NaN stays one, made quiet,
 * with the upper bits of its payload.
 */
public final class Float16 {
  private static final int SIGN = 0x8000;
  private static final int INFINITY = 0x7c00;
  private static final int QUIET = 0x0200;

  /** Bits of 2^-14 as float32, the least normal value. */
  private static final int LEAST_NORMAL = 0x38800000;

  /** Bits of 65520 as float32 less one: the last that does not go to infinity. */
  private static final int LAST_FINITE = 0x477fefff;

  private static final int FLOAT_INFINITY = 0x7f800000;

  /** 112 in the exponent of a float32: what the two formats' biases differ by. */
  private static final int REBIAS = 112 << 23;

  private static final float TWO_TO_MINUS_14 = 0x1p-14f;

  private Float16() {}

  /** Rounds to the nearest, ties to even. */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) round(bits, Float.floatToRawIntBits(Math.abs(value) + 0.5f));
  }

  /** The same value, exactly. */
  public static float toFloat(short half) {
    float subnormal = subnormal(Float.intBitsToFloat(plusLeastNormal(half)));
    return Float.intBitsToFloat(
        finite(half, Float.floatToRawIntBits(subnormal)) | specialExponent(half));
  }

  /** Bits of 2^-14 plus what the fraction is worth in a subnormal half. */
  static int plusLeastNormal(int half) {
    return ((half & 0x7fff) << 13) + LEAST_NORMAL;
  }

  /** What is left of the {@link #plusLeastNormal} of a subnormal half: its size, exactly. */
  static float subnormal(float plusLeastNormal) {
    return plusLeastNormal - TWO_TO_MINUS_14;
  }

  /**
   * The bits of a finite half as float32, without a branch, and without a subnormal float32, which
   * are slow.
   *
   * @param half only its lower 16 bits matter
   * @param subnormal bits of its {@link #subnormal}
   */
  private static int finite(int half, int subnormal) {
    int magnitude = half & 0x7fff;
    int isSmall = (magnitude - 0x0400) >> 31;
    int normal = (magnitude << 13) + REBIAS;
    return (subnormal & isSmall) | (normal & ~isSmall) | ((half & SIGN) << 16);
  }

  /** What must be set besides where a half is infinite or a NaN; otherwise 0. */
  private static int specialExponent(int half) {
    return ((INFINITY - 1 - (half & 0x7fff)) >> 31) & FLOAT_INFINITY;
  }

  /**
   * As {@link #toFloat}, all arrays on one index: C2 vectorises two loops, and not their sum.
   *
   * @param bits bits of {@link #subnormal}, overwritten with the float32's
   */
  static void widen(int[] halves, int[] bits, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = finite(halves[i], bits[i]);
    }
    for (int i = 0; i < length; i++) {
      bits[i] |= specialExponent(halves[i]);
    }
  }

  /**
   * Rounds without a branch. Below 2^-14 the floating-point unit has done it: the last bit of |x| +
   * 0.5 is worth 2^-24. Above, what is half of the last bit kept, less one unless that bit is odd,
   * is added before the rest is cut off.
   *
   * @param bits of a float32 x
   * @param plusHalf bits of |x| + 0.5
   */
  static int round(int bits, int plusHalf) {
    int magnitude = bits & 0x7fffffff;
    int subnormal = plusHalf - 0x3f000000;
    int normal = (magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    int isSmall = (magnitude - LEAST_NORMAL) >> 31;
    int isLarge = (LAST_FINITE - magnitude) >> 31;
    int isNan = (FLOAT_INFINITY - magnitude) >> 31;
    int finite = (subnormal & isSmall) | (normal & ~isSmall);
    int payload = (((magnitude >>> 13) & 0x3ff) | QUIET) & isNan;
    return ((bits >>> 16) & SIGN) | (finite & ~isLarge) | (INFINITY & isLarge) | payload;
  }

  /** As {@link #round}, all arrays on one index: C2 vectorises the loop. */
  static void round(int[] bits, int[] plusHalf, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = round(bits[i], plusHalf[i]);
    }
  }
}
