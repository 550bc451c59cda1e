package io.lockstep.common.frame;

/**
 * bfloat16: the upper half of a float32, 8 bits of exponent and 7 of fraction. A float32 goes to
 * the nearest value, of two equally near ones to that with the even last bit; from 2^128 - 2^119 on
 * it goes to infinity. A NaN stays one, made quiet, with the upper bits of its payload.
 */
public final class BFloat16 {
  private static final int QUIET = 0x0040;
  private static final int FLOAT_INFINITY = 0x7f800000;

  private BFloat16() {}

  /** Rounds to the nearest, ties to even. */
  public static short of(float value) {
    return (short) round(Float.floatToRawIntBits(value));
  }

  /** The same value, exactly. */
  public static float toFloat(short half) {
    return Float.intBitsToFloat(half << 16);
  }

  /**
   * Rounds without a branch: half of the last bit kept, less one unless that bit is odd, is added
   * before the rest is cut off. The carry runs into the exponent as it should.
   */
  static int round(int bits) {
    int upper = bits >>> 16;
    int isNan = (FLOAT_INFINITY - (bits & 0x7fffffff)) >> 31;
    return (((bits + 0x7fff + (upper & 1)) >>> 16) & ~isNan) | ((upper | QUIET) & isNan);
  }

  /** As {@link #round(int)}: C2 vectorises the loop. */
  static void round(int[] bits, int length) {
    for (int i = 0; i < length; i++) {
      bits[i] = round(bits[i]);
    }
  }
}
