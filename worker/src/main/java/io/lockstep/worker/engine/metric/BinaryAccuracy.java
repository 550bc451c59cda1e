package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;

/**
 * The weighted share of outputs on the right side: a prediction above the threshold says yes, a
 * label above 1/2 means yes; an example counts with the mean over its outputs. Sums: weight of the
 * right ones, weight of all.
 *
 * @param threshold 1/2 for probabilities, 0 for logits
 */
public record BinaryAccuracy(double threshold) implements MeanMetric {
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
    int outputs = output.size();
    for (int e = 0; e < examples; e++) {
      if (weights[e] == 0) {
        continue;
      }
      int right = 0;
      for (int i = e * outputs; i < (e + 1) * outputs; i++) {
        right += predictions.get(i) > threshold == labels[i] > 0.5f ? 1 : 0;
      }
      sums[at] += weights[e] * ((double) right / outputs);
      sums[at + 1] += weights[e];
    }
  }
}
