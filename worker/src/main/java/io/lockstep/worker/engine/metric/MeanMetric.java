package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Shape;

/** A weighted mean: of the two sums the first is of weight times figure, the second of weight. */
interface MeanMetric extends Metric {
  @Override
  default int sums(Shape output) {
    return 2;
  }

  @Override
  default MetricValue value(double[] sums, int at, Shape output) {
    return new MetricValue.Scalar(sums[at] / sums[at + 1]);
  }
}
