package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;

/**
 * The weighted share of pairs of embeddings that are on the right side: nearer than the threshold
 * says the same, a label above 1/2 means the same. Sums: weight of the right ones, weight of all.
 *
 * @param threshold a Euclidean distance
 */
record PairAccuracy(double threshold) implements MeanMetric {
  @Override
  public String name() {
    return "accuracy";
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
    int width = output.size() / 2;
    for (int e = 0; e < examples; e++) {
      if (weights[e] == 0) {
        continue;
      }
      int first = e * output.size();
      double d = distance(predictions, first, first + width, width);
      sums[at] += d < threshold == labels[e] > 0.5f ? weights[e] : 0;
      sums[at + 1] += weights[e];
    }
  }

  /** |x_a - x_b| of two embeddings, by their first numbers. */
  static double distance(Buffer x, int a, int b, int width) {
    double squares = 0;
    for (int i = 0; i < width; i++) {
      double difference = x.get(a + i) - x.get(b + i);
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }
}
