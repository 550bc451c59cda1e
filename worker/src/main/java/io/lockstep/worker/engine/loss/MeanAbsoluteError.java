package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.metric.Metric;
import java.util.List;

/** |p - y|, the mean over outputs; slope the sign of p - y, 0 at 0. */
public record MeanAbsoluteError() implements ElementLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "mae",
          "mean of |p - y|: regression with outliers",
          List.of(),
          options -> new MeanAbsoluteError());

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double loss(double prediction, double label, int output) {
    return Math.abs(prediction - label);
  }

  @Override
  public double slope(double prediction, double label, int output) {
    return Math.signum(prediction - label);
  }

  @Override
  public int piece(double prediction, double label) {
    return Double.compare(prediction, label);
  }

  @Override
  public List<Metric> metrics() {
    return MeanSquaredError.METRICS;
  }
}
