package io.lockstep.common.tree;

/** Looks for infinities and NaN. */
public final class FiniteCheck {
  private static final int BLOCK = 1024;

  private FiniteCheck() {}

  /**
   * The first element that is infinite or NaN. Runs of 1024 elements are judged by the sum of
   * {@code 0 * x} in eight lanes, which is NaN exactly where one of them is; only a bad run is
   * searched.
   *
   * @param values [>= to], not modified
   * @param from first element to look at
   * @param to one more than the last
   * @return its index, or -1 where all are finite
   */
  public static int firstNonFinite(float[] values, int from, int to) {
    for (int start = from; start < to; start += BLOCK) {
      int end = Math.min(start + BLOCK, to);
      if (!(zeroTimesSum(values, start, end) == 0)) {
        return search(values, start, end);
      }
    }
    return -1;
  }

  private static float zeroTimesSum(float[] values, int from, int to) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = from;
    for (; i <= to - 8; i += 8) {
      s0 += 0 * values[i];
      s1 += 0 * values[i + 1];
      s2 += 0 * values[i + 2];
      s3 += 0 * values[i + 3];
      s4 += 0 * values[i + 4];
      s5 += 0 * values[i + 5];
      s6 += 0 * values[i + 6];
      s7 += 0 * values[i + 7];
    }
    for (; i < to; i++) {
      s0 += 0 * values[i];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  private static int search(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    throw new AssertionError("a run without infinities and NaN was taken for bad");
  }
}
