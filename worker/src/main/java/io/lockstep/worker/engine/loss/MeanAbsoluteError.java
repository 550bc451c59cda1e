package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/** |p - y|, the mean over outputs; slope the sign of p - y, 0 at 0. */
public record MeanAbsoluteError() implements ElementLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "mae",
          "mean of |p - y|: regression with outliers",
          List.of(),
          options -> new MeanAbsoluteError());

  static final Guide GUIDE =
      new Guide(
          """
          loss = |p - y|, the mean over outputs
          slope = sign(p - y)
          """,
          "[0, inf); p and y are any numbers",
          "Regression with outliers: the median of the labels is its best answer. Its "
              + "slope does not shrink near the label: let the rate fall.",
          Curve.over(-3, 3).labels(0).named("label 0"));

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
}
