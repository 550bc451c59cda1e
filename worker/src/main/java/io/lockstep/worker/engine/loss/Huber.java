package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * With d = p - y: d^2 / 2 up to |d| = delta, delta (|d| - delta / 2) beyond, the mean over outputs;
 * slope d kept in [-delta, delta]. Huber (1964).
 *
 * @param delta where the square ends, above 0
 */
public record Huber(double delta) implements ElementLoss {
  private static final Key<Double> DELTA =
      Key.number("delta", 1.0, Range.POSITIVE, "where the square ends");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "huber",
          "a square near 0, straight beyond delta (Huber 1964)",
          List.of(DELTA),
          options -> new Huber(options.get(DELTA)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = d^2 / 2 for |d| <= delta, else delta (|d| - delta / 2), d = p - y, the mean over outputs
          slope = d, kept in [-delta, delta]
          """,
          "[0, inf); p and y are any numbers",
          "Regression with outliers, and values in reinforcement learning: mse near the "
              + "label, mae beyond delta. Choose delta as large as an error that is still "
              + "usual.",
          Curve.over(-3, 3).labels(0).named("delta 1"),
          Curve.over(-3, 3).labels(0).with("delta", 0.5).named("delta 0.5"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double loss(double prediction, double label, int output) {
    double d = Math.abs(prediction - label);
    return d <= delta ? 0.5 * d * d : delta * (d - 0.5 * delta);
  }

  @Override
  public double slope(double prediction, double label, int output) {
    return Math.min(Math.max(prediction - label, -delta), delta);
  }

  @Override
  public int piece(double prediction, double label) {
    double d = prediction - label;
    return d > delta ? 1 : d < -delta ? -1 : 0;
  }
}
