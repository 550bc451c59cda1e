package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;

/**
 * The weighted share of examples whose largest prediction is at the label's class; of several
 * largest the first counts. Of a sequence or an image every position counts, but those without a
 * label (-1). Sums: weight of the right ones, weight of all.
 *
 * @param labels how the class is written
 */
public record Accuracy(Labels labels) implements Metric {
  /** How a label names its class. */
  public enum Labels {
    /** One number a position: the class's index. */
    INDEX,
    /** A row a position, whose largest number is at the class. */
    ROW
  }

  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public int sums(Shape output) {
    return 2;
  }

  @Override
  public void add(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      double[] sums,
      int at) {
    int positions = output.positions();
    int classes = output.channels();
    for (int row = 0; row < examples * positions; row++) {
      float weight = weights[row / positions];
      int label = weight == 0 ? -1 : label(labels, row, classes);
      if (label < 0) {
        continue;
      }
      int from = row * classes;
      int best = 0;
      for (int c = 1; c < classes; c++) {
        best = predictions.get(from + c) > predictions.get(from + best) ? c : best;
      }
      sums[at] += best == label ? weight : 0;
      sums[at + 1] += weight;
    }
  }

  private int label(float[] values, int row, int classes) {
    if (labels == Labels.INDEX) {
      return (int) values[row];
    }
    int from = row * classes;
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = values[from + c] > values[from + best] ? c : best;
    }
    return best;
  }

  @Override
  public double value(double[] sums, int at, Shape output) {
    return sums[at] / sums[at + 1];
  }
}
