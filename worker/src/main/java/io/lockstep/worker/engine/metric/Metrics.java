package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The metrics of a network, whose sums lie one after another in one array. Immutable, shared by
 * threads.
 */
public final class Metrics {
  private final List<Metric> metrics;
  private final int outputs;
  private final int sums;

  /**
   * @param metrics in the order in which summaries list them
   * @param outputs numbers that the network puts out for an example
   */
  public Metrics(List<Metric> metrics, int outputs) {
    this.metrics = List.copyOf(metrics);
    this.outputs = outputs;
    this.sums = metrics.stream().mapToInt(metric -> metric.sums(outputs)).sum();
  }

  /** Their names, in order. */
  public List<String> names() {
    return metrics.stream().map(Metric::name).toList();
  }

  /** Length of the array of sums. */
  public int sums() {
    return sums;
  }

  /**
   * Adds a slice's examples to the sums.
   *
   * @param predictions [examples, outputs], as the loss takes them; not modified
   * @param labels as the loss takes them; not modified
   * @param weights [examples]; not modified
   * @param sums [{@link #sums()}], added to
   */
  public void add(
      Buffer predictions, float[] labels, float[] weights, int examples, double[] sums) {
    int at = 0;
    for (Metric metric : metrics) {
      metric.add(predictions, labels, weights, examples, outputs, sums, at);
      at += metric.sums(outputs);
    }
  }

  /**
   * The figures by name, in order; NaN where no example had a weight.
   *
   * @param totals [{@link #sums()}], over all slices; not modified
   */
  public Map<String, Double> values(double[] totals) {
    Map<String, Double> values = new LinkedHashMap<>();
    int at = 0;
    for (Metric metric : metrics) {
      values.put(metric.name(), metric.value(totals, at, outputs));
      at += metric.sums(outputs);
    }
    return values;
  }
}
