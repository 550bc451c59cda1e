package io.lockstep.common.optim;

import io.lockstep.common.layout.Layout;

/**
 * Sums over whole tensors from the sums over their chunks: the one order in which they are added,
 * whoever holds the chunks. Over a tensor's chunks it is the binary tree of {@link
 * io.lockstep.common.tree.ReductionTree}; over tensors ({@link Totals#all}) the layout's order.
 */
public final class TensorSums {
  private final Layout layout;

  private TensorSums(Layout layout) {
    this.layout = layout;
  }

  /** The sums over the tensors of a layout. */
  public static TensorSums of(Layout layout) {
    return new TensorSums(layout);
  }

  /**
   * Adds the chunks' sums of a round up to their tensors' totals.
   *
   * @param chunks [chunk][sum], one row for each chunk of the layout, in order; overwritten
   * @return [tensor][sum]; its rows are rows of {@code chunks}
   */
  public double[][] reduce(double[][] chunks) {
    int tensors = layout.tensors().size();
    double[][] totals = new double[tensors][];
    for (int t = 0; t < tensors; t++) {
      totals[t] = reduce(chunks, layout.firstChunk(t), layout.firstChunk(t + 1));
    }
    return totals;
  }

  /** Level by level: a left part stays where it is, its right part lies {@code stride} behind. */
  private static double[] reduce(double[][] chunks, int from, int to) {
    for (int stride = 1; stride < to - from; stride *= 2) {
      for (int left = from; left + stride < to; left += 2 * stride) {
        double[] sum = chunks[left];
        double[] right = chunks[left + stride];
        for (int s = 0; s < sum.length; s++) {
          sum[s] += right[s];
        }
      }
    }
    return chunks[from];
  }
}
