package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;

/**
 * A figure of quality that follows from sums over examples, so that slices can be added in the
 * order of the tree and the figure taken once from the totals. Immutable, shared by threads.
 */
public interface Metric {
  /** The name in summaries, such as {@code accuracy}. */
  String name();

  /**
   * How many sums it takes.
   *
   * @param output the shape of what the network puts out for an example
   */
  int sums(Shape output);

  /**
   * Adds a slice's examples. An example of weight 0 adds nothing, whatever its numbers.
   *
   * @param predictions [examples, output.size()], as the loss takes them; not modified
   * @param labels [examples, labelWidth] as the loss takes them; not modified
   * @param weights [examples]; not modified
   * @param sums [at, at + sums(output)) is added to
   */
  void add(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      double[] sums,
      int at);

  /**
   * The figure.
   *
   * @param sums totals in [at, at + sums(output)); not modified
   * @return of NaN where no example had a weight
   */
  MetricValue value(double[] sums, int at, Shape output);
}
