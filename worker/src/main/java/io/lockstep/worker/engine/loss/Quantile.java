package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Task;
import java.util.List;

/**
 * With d = y - p: q d where d is above 0, else (q - 1) d, the mean over outputs; slope -q below the
 * label, 1 - q from it on. Koenker and Bassett (1978).
 *
 * <p>Of several quantiles every label is compared with as many outputs side by side, in the order
 * in which the quantiles are written: three quantiles of two targets are the outputs [target 0 at
 * q0, q1, q2, target 1 at q0, q1, q2].
 *
 * @param quantiles q, in (0, 1), at least one
 */
public record Quantile(List<Double> quantiles) implements ElementLoss {
  private static final Range OPEN = new Range(0, true, 1, true);
  private static final Key<Double> QUANTILE =
      Key.number("quantile", 0.5, OPEN, "which quantile of the labels is predicted");
  private static final Key<List<Double>> QUANTILES =
      Key.numbers(
          "quantiles",
          List.of(),
          OPEN,
          "several in place of one: so many outputs side by side for each label");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "quantile",
          "the pinball loss, whose least mean is at a quantile (Koenker, Bassett 1978)",
          List.of(QUANTILE, QUANTILES),
          Quantile::create);

  static final Guide GUIDE =
      new Guide(
          """
          loss = q d for d > 0, else (q - 1) d, d = y - p, the mean over outputs
          slope = -q for p < y, else 1 - q
          """,
          "[0, inf); p and y are any numbers",
          "Regression that answers with a quantile instead of the mean: an upper bound "
              + "that holds in 9 of 10 cases is quantile 0.9. Several quantiles make an interval.",
          Curve.over(-3, 3).labels(0).named("q 0.5"),
          Curve.over(-3, 3).labels(0).with("quantile", 0.9).named("q 0.9"));

  /** Copies the quantiles. */
  public Quantile {
    quantiles = List.copyOf(quantiles);
  }

  private static Loss create(Options options) {
    List<Double> several = options.get(QUANTILES);
    if (several.isEmpty()) {
      return new Quantile(List.of(options.get(QUANTILE)));
    }
    // a resolved configuration has the default of the one beside the several
    if (options.has(QUANTILE) && !options.get(QUANTILE).equals(QUANTILE.defaultValue())) {
      throw options.error(QUANTILE, "must be left out beside quantiles");
    }
    return new Quantile(several);
  }

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int outputsForLabel() {
    return quantiles.size();
  }

  @Override
  public int labelWidth(Shape output) {
    int count = quantiles.size();
    boolean fits = output.isImage() ? output.channels() == count : output.channels() % count == 0;
    if (count > 1 && !fits) {
      throw new ConfigurationException(
          "loss.quantiles needs "
              + count
              + " outputs side by side for each label"
              + (output.isImage() ? " pixel" : "")
              + ", got outputs "
              + output);
    }
    return output.size() / count;
  }

  private double q(int output) {
    return quantiles.get(output % quantiles.size());
  }

  @Override
  public double loss(double prediction, double label, int output) {
    double d = label - prediction;
    return d > 0 ? q(output) * d : (q(output) - 1) * d;
  }

  @Override
  public double slope(double prediction, double label, int output) {
    return prediction < label ? -q(output) : 1 - q(output);
  }

  @Override
  public int piece(double prediction, double label) {
    return Double.compare(prediction, label);
  }

  @Override
  public Task task() {
    return quantiles.size() == 1 ? new Task.Values() : new Task.Quantiles(quantiles);
  }
}
