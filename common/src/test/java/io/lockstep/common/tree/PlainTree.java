package io.lockstep.common.tree;

import org.jspecify.annotations.Nullable;

/**
 * The sum over the slices as the design says it, by recursion: the reference of every other way.
 */
public final class PlainTree {
  private PlainTree() {}

  /**
   * The sum of the leaves from {@code first} to below {@code first + width}; those behind the last
   * are absent.
   *
   * @param leaves [m][n], null where absent
   * @param width a power of two
   */
  public static float @Nullable [] sum(float[] @Nullable [] leaves, int first, int width) {
    if (first >= leaves.length) {
      return null;
    }
    if (width == 1) {
      return leaves[first];
    }
    float[] left = sum(leaves, first, width / 2);
    float[] right = sum(leaves, first + width / 2, width / 2);
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    float[] sum = new float[left.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = left[i] + right[i];
    }
    return sum;
  }

  /** The sum of all leaves. */
  public static float @Nullable [] sum(float[] @Nullable [] leaves) {
    int width = 1;
    while (width < leaves.length) {
      width *= 2;
    }
    return sum(leaves, 0, width);
  }
}
