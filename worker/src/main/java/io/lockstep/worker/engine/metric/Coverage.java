package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * For each quantile the weighted share of labels that do not exceed what is predicted for it, which
 * is to be near the quantile itself. Sums: for each quantile the weight of those, then the weight
 * of all.
 *
 * @param quantiles how many are predicted for a label
 */
record Coverage(int quantiles) implements Metric {
  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "coverage",
          "for each of several quantiles the share of labels up to it: a list",
          List.of(),
          options -> Coverage::choose);

  private static Metric choose(Task task, Shape output) {
    if (task instanceof Task.Quantiles several) {
      return new Coverage(several.quantiles().size());
    }
    throw MetricChoice.refuse(ENTRY.name(), "several quantiles", task);
  }

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int sums(Shape output) {
    return quantiles + 1;
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
    int width = output.size() / quantiles;
    for (int label = 0; label < examples * width; label++) {
      double weight = weights[label / width];
      if (weight == 0) {
        continue;
      }
      for (int q = 0; q < quantiles; q++) {
        sums[at + q] += labels[label] <= predictions.get(label * quantiles + q) ? weight : 0;
      }
      sums[at + quantiles] += weight;
    }
  }

  @Override
  public MetricValue value(double[] sums, int at, Shape output) {
    List<Double> shares = new ArrayList<>();
    for (int q = 0; q < quantiles; q++) {
      shares.add(sums[at + q] / sums[at + quantiles]);
    }
    return new MetricValue.Each(shares);
  }
}
