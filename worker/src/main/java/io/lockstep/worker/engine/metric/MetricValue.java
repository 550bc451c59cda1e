package io.lockstep.worker.engine.metric;

import java.util.List;

/** What a metric comes to: one number, which may steer a run, or several for people to read. */
public sealed interface MetricValue {
  /** One number; NaN where no example had a weight. */
  record Scalar(double value) implements MetricValue {}

  /** A number for each class or output. */
  record Each(List<Double> values) implements MetricValue {
    /** Copies the values. */
    public Each {
      values = List.copyOf(values);
    }
  }

  /** Rows of numbers. */
  record Table(List<List<Double>> rows) implements MetricValue {
    /** Copies the rows. */
    public Table {
      rows = rows.stream().map(List::copyOf).toList();
    }
  }
}
