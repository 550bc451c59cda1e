package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;

/** How the positions of a slice are read where each is of one of several classes. */
final class ClassRows {
  private ClassRows() {}

  /** The class of the largest prediction of a row; of several largest the first. */
  static int predicted(Buffer predictions, int row, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = predictions.get(row * classes + c) > predictions.get(row * classes + best) ? c : best;
    }
    return best;
  }

  /** The class that a row's label names; negative where it names none. */
  static int labelled(Accuracy.Labels form, float[] labels, int row, int classes) {
    if (form == Accuracy.Labels.INDEX) {
      return (int) labels[row];
    }
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = labels[row * classes + c] > labels[row * classes + best] ? c : best;
    }
    return best;
  }

  /** log p_c of a row; from probabilities not below 1e-30. */
  static double logProbability(Scale scale, Buffer predictions, int row, int c, int classes) {
    double chosen = predictions.get(row * classes + c);
    return scale == Scale.PROBABILITIES
        ? Elementary.log(Math.max(chosen, 1e-30))
        : chosen - logSum(predictions, row, classes, -1);
  }

  /** log(p_c / (1 - p_c)), which orders rows as p_c does and keeps its digits near 0 and 1. */
  static double logOdds(Scale scale, Buffer predictions, int row, int c, int classes) {
    double chosen = predictions.get(row * classes + c);
    return scale == Scale.PROBABILITIES
        ? logOdds(chosen)
        : chosen - logSum(predictions, row, classes, c);
  }

  /** log(p / (1 - p)). */
  static double logOdds(double p) {
    return Elementary.log(Math.max(p, 0)) - Elementary.log(Math.max(1 - p, 0));
  }

  /** log of the sum of e^z over a row, one class left out. */
  private static double logSum(Buffer z, int row, int classes, int without) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      largest = c == without ? largest : Math.max(largest, z.get(row * classes + c));
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += c == without ? 0 : Elementary.exp(z.get(row * classes + c) - largest);
    }
    return largest + Elementary.log(sum);
  }
}
