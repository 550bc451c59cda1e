package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * The weighted share of positions whose label's class is among the k largest predictions; of equal
 * ones the first counts as larger, so that k = 1 is the accuracy. Sums: weight of those, weight of
 * all.
 *
 * @param labels how the class is written
 * @param k how many may be named
 */
record TopK(Accuracy.Labels labels, int k) implements MeanMetric {
  private static final Key<Integer> K =
      Key.integer("k", 5, Range.POSITIVE, "how many classes may be named");

  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "top-k",
          "share of labels among the k likeliest classes",
          List.of(K),
          options -> (task, output) -> choose(options.get(K), task, output));

  private static Metric choose(int k, Task task, Shape output) {
    if (!(task instanceof Task.Classes classes)) {
      throw MetricChoice.refuse("top-k", "classes", task);
    }
    if (k >= output.channels()) {
      throw MetricChoice.refuse("top-k with k: " + k, "more classes than k", output);
    }
    return new TopK(classes.labels(), k);
  }

  @Override
  public String name() {
    return "top-" + k;
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
      double weight = weights[row / positions];
      int label = weight == 0 ? -1 : ClassRows.labelled(this.labels, labels, row, classes);
      if (label >= 0) {
        sums[at] += larger(predictions, row * classes, label, classes) < k ? weight : 0;
        sums[at + 1] += weight;
      }
    }
  }

  private static int larger(Buffer predictions, int first, int label, int classes) {
    double own = predictions.get(first + label);
    int count = 0;
    for (int c = 0; c < classes; c++) {
      double other = predictions.get(first + c);
      count += other > own || (other == own && c < label) ? 1 : 0;
    }
    return count;
  }
}
