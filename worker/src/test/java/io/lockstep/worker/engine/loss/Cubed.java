package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import java.util.List;

/** A user's own loss of a number and its label, with a setting. */
public final class Cubed implements ElementLoss {
  private static final Key<Double> FACTOR =
      Key.number("factor", 1.0, Range.POSITIVE, "what all is multiplied by");

  private final double factor;

  /** Reads its settings. */
  public Cubed(Options settings) {
    settings.allowOnly(List.of(FACTOR));
    this.factor = settings.get(FACTOR);
  }

  @Override
  public String name() {
    return "cubed";
  }

  @Override
  public double loss(double prediction, double label, int output) {
    double d = Math.abs(prediction - label);
    return factor * d * d * d;
  }

  @Override
  public double slope(double prediction, double label, int output) {
    double d = prediction - label;
    return factor * 3 * d * Math.abs(d);
  }
}
