package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;

/**
 * The weighted share of examples whose largest prediction is at the label's class; of several
 * largest the first counts. Sums: weight of the right ones, weight of all.
 *
 * @param labels how the class is written
 */
public record Accuracy(Labels labels) implements Metric {
  /** How a label names its class. */
  public enum Labels {
    /** One number an example: the class's index. */
    INDEX,
    /** A row an example, whose largest number is at the class. */
    ROW
  }

  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public int sums(int outputs) {
    return 2;
  }

  @Override
  public void add(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      int outputs,
      double[] sums,
      int at) {
    for (int e = 0; e < examples; e++) {
      if (weights[e] == 0) {
        continue;
      }
      int row = e * outputs;
      int best = 0;
      for (int c = 1; c < outputs; c++) {
        best = predictions.get(row + c) > predictions.get(row + best) ? c : best;
      }
      sums[at] += best == label(labels, e, outputs) ? weights[e] : 0;
      sums[at + 1] += weights[e];
    }
  }

  private int label(float[] values, int example, int outputs) {
    if (labels == Labels.INDEX) {
      return (int) values[example];
    }
    int row = example * outputs;
    int best = 0;
    for (int c = 1; c < outputs; c++) {
      best = values[row + c] > values[row + best] ? c : best;
    }
    return best;
  }

  @Override
  public double value(double[] sums, int at, int outputs) {
    return sums[at] / sums[at + 1];
  }
}
