package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.metric.Metric;
import java.util.List;

/**
 * With d = y - p: q d where d is above 0, else (q - 1) d, the mean over outputs; slope -q below the
 * label, 1 - q from it on. Koenker and Bassett (1978).
 *
 * @param quantile q, in (0, 1)
 */
public record Quantile(double quantile) implements ElementLoss {
  private static final Key<Double> QUANTILE =
      Key.number(
          "quantile",
          0.5,
          new Range(0, true, 1, true),
          "which quantile of the labels is predicted");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "quantile",
          "the pinball loss, whose least mean is at a quantile (Koenker, Bassett 1978)",
          List.of(QUANTILE),
          options -> new Quantile(options.get(QUANTILE)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = q d for d > 0, else (q - 1) d, d = y - p, the mean over outputs
          slope = -q for p < y, else 1 - q
          """,
          "[0, inf); p and y are any numbers",
          "Regression that answers with a quantile instead of the mean: an upper bound "
              + "that holds in 9 of 10 cases is quantile 0.9.",
          Curve.over(-3, 3).labels(0).named("q 0.5"),
          Curve.over(-3, 3).labels(0).with("quantile", 0.9).named("q 0.9"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double loss(double prediction, double label, int output) {
    double d = label - prediction;
    return d > 0 ? quantile * d : (quantile - 1) * d;
  }

  @Override
  public double slope(double prediction, double label, int output) {
    return prediction < label ? -quantile : 1 - quantile;
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
