package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * e to the mean over labelled positions of -log p of the label's class: among how many equally
 * likely classes the network is left to guess. Class weights and smoothing of the loss are not
 * looked at. Sums: weight times -log p, weight.
 *
 * @param labels how the class is written
 * @param scale what the predictions are
 */
record Perplexity(Accuracy.Labels labels, Scale scale) implements MeanMetric {
  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "perplexity",
          "e to the mean of -log p of the label's class: language models",
          List.of(),
          options -> Perplexity::choose);

  private static Metric choose(Task task, Shape output) {
    if (task instanceof Task.Classes classes) {
      return new Perplexity(classes.labels(), classes.scale());
    }
    throw MetricChoice.refuse("perplexity", "classes", task);
  }

  @Override
  public String name() {
    return ENTRY.name();
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
        sums[at] -= weight * ClassRows.logProbability(scale, predictions, row, label, classes);
        sums[at + 1] += weight;
      }
    }
  }

  @Override
  public MetricValue value(double[] sums, int at, Shape output) {
    return new MetricValue.Scalar(Elementary.exp(sums[at] / sums[at + 1]));
  }
}
