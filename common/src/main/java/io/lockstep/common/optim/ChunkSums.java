package io.lockstep.common.optim;

/**
 * Sums over a chunk, in double, in an order that follows from the index alone. A chunk is summed in
 * blocks of {@link #BLOCK} elements, which are added in index order. Within a block, lane k of four
 * adds the elements i with i mod 4 = k in index order, and the sum is (lane 0 + lane 1) + (lane 2 +
 * lane 3). Four lanes hide the latency of the additions; eight in one expression make C2 give up.
 */
public final class ChunkSums {
  /** Elements of a block: 8 KiB an array, so that a rule's next loop finds it in the cache. */
  static final int BLOCK = 2048;

  private ChunkSums() {}

  /**
   * The sum of x[i]^2, each square exact in double.
   *
   * @param x [at least length], not modified
   */
  public static double squares(float[] x, int length) {
    double sum = 0;
    for (int from = 0; from < length; from += BLOCK) {
      sum += blockSquares(x, from, Math.min(from + BLOCK, length));
    }
    return sum;
  }

  /**
   * The part of {@link #squares} of one block, for rules that update and sum block by block.
   *
   * @param from a multiple of {@link #BLOCK}
   * @param to at most {@code from + BLOCK}
   */
  static double blockSquares(float[] x, int from, int to) {
    double lane0 = 0;
    double lane1 = 0;
    double lane2 = 0;
    double lane3 = 0;
    int i = from;
    for (; i <= to - 4; i += 4) {
      double x0 = x[i];
      double x1 = x[i + 1];
      double x2 = x[i + 2];
      double x3 = x[i + 3];
      lane0 += x0 * x0;
      lane1 += x1 * x1;
      lane2 += x2 * x2;
      lane3 += x3 * x3;
    }
    int rest = to - i;
    if (rest > 0) {
      lane0 += (double) x[i] * x[i];
    }
    if (rest > 1) {
      lane1 += (double) x[i + 1] * x[i + 1];
    }
    if (rest > 2) {
      lane2 += (double) x[i + 2] * x[i + 2];
    }
    return (lane0 + lane1) + (lane2 + lane3);
  }
}
