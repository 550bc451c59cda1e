package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * (p - y)^2, the mean over outputs; slope 2 (p - y). Without the half that some texts put in front.
 */
public record MeanSquaredError() implements ElementLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "mse", "mean of (p - y)^2: regression", List.of(), options -> new MeanSquaredError());

  static final Guide GUIDE =
      new Guide(
          """
          loss = (p - y)^2, the mean over outputs
          slope = 2 (p - y)
          """,
          "[0, inf); p and y are any numbers",
          "Regression: the mean of the labels is its best answer. One far label outweighs "
              + "many near ones: then huber.",
          Curve.over(-3, 3).labels(0).named("label 0"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double loss(double prediction, double label, int output) {
    double error = prediction - label;
    return error * error;
  }

  @Override
  public double slope(double prediction, double label, int output) {
    return 2 * (prediction - label);
  }
}
