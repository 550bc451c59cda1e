package io.lockstep.worker.engine.loss;

import io.lockstep.worker.engine.kernel.Elementary;

/** Probabilities of logits and their logarithms, for logits of any size. */
final class LogSoftmax {
  private LogSoftmax() {}

  /**
   * log p_c = (z_c - max z) - log sum e^(z - max z), p_c = e^(z_c - max z) / sum.
   *
   * @param z holds the logits in {@code [at, at + classes)}; not modified
   * @param logP receives logarithms in {@code [to, to + classes)}
   * @param p receives probabilities in {@code [to, to + classes)}
   */
  static void of(double[] z, int at, double[] logP, double[] p, int to, int classes) {
    double largest = z[at];
    for (int c = 1; c < classes; c++) {
      largest = Math.max(largest, z[at + c]);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      logP[to + c] = z[at + c] - largest;
      p[to + c] = Elementary.exp(logP[to + c]);
      sum += p[to + c];
    }
    double logSum = Elementary.log(sum);
    for (int c = to; c < to + classes; c++) {
      logP[c] -= logSum;
      p[c] /= sum;
    }
  }
}
