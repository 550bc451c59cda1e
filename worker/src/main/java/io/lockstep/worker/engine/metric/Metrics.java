package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The metrics of a network, whose sums lie one after another in one array. Immutable, shared by
 * threads.
 */
public final class Metrics {
  private final List<Metric> metrics;
  private final Shape output;
  private final int sums;

  /**
   * @param metrics in the order in which summaries list them
   * @param output shape of what the network puts out for an example
   */
  public Metrics(List<Metric> metrics, Shape output) {
    this.metrics = List.copyOf(metrics);
    this.output = output;
    this.sums = metrics.stream().mapToInt(metric -> metric.sums(output)).sum();
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
   * @param predictions [examples, output], as the loss takes them; not modified
   * @param labels as the loss takes them; not modified
   * @param weights [examples]; not modified
   * @param sums [{@link #sums()}], added to
   */
  public void add(
      Buffer predictions, float[] labels, float[] weights, int examples, double[] sums) {
    int at = 0;
    for (Metric metric : metrics) {
      metric.add(predictions, labels, weights, examples, output, sums, at);
      at += metric.sums(output);
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
      values.put(metric.name(), metric.value(totals, at, output));
      at += metric.sums(output);
    }
    return values;
  }
}
