package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;

/**
 * The weighted share of triplets whose first embedding is nearer to the second than to the third.
 * Sums: weight of those, weight of all.
 */
record TripletAccuracy() implements MeanMetric {
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
    int width = output.size() / 3;
    for (int e = 0; e < examples; e++) {
      if (weights[e] == 0) {
        continue;
      }
      int anchor = e * output.size();
      double near = PairAccuracy.distance(predictions, anchor, anchor + width, width);
      double far = PairAccuracy.distance(predictions, anchor, anchor + 2 * width, width);
      sums[at] += near < far ? weights[e] : 0;
      sums[at + 1] += weights[e];
    }
  }
}
