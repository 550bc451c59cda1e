package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/**
 * ln cosh d with d = p - y, the mean over outputs, computed as |d| + ln(1 + e^(-2 |d|)) - ln 2,
 * which does not overflow; slope tanh d.
 */
public record LogCosh() implements ElementLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "log-cosh",
          "ln cosh(p - y): a square near 0, straight far out",
          List.of(),
          options -> new LogCosh());

  static final Guide GUIDE =
      new Guide(
          """
          loss = ln cosh(p - y), the mean over outputs
          slope = tanh(p - y)
          """,
          "[0, inf); p and y are any numbers",
          "As huber with delta 1, but smooth everywhere and without a setting.",
          Curve.over(-3, 3).labels(0).named("label 0"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double loss(double prediction, double label, int output) {
    double d = Math.abs(prediction - label);
    return d + Elementary.log1p(Elementary.exp(-2 * d)) - Elementary.log(2);
  }

  @Override
  public double slope(double prediction, double label, int output) {
    return Elementary.tanh(prediction - label);
  }
}
