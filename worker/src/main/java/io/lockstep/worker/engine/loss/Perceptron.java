package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * max(0, -y p), y in {-1, 1}, the mean over outputs: the perceptron criterion, Rosenblatt (1962),
 * Bishop (2006), equation 4.54. Slope -y where y p &lt;= 0, else 0: at 0 itself it is that of a
 * wrong answer, as in Rosenblatt's rule, so that a perceptron whose weights begin at zero learns.
 * With plain sgd, rate 1 and one example a batch it is the perceptron algorithm. Labels 0 and 1 are
 * read as -1 and 1.
 */
public record Perceptron() implements MarginLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "perceptron",
          "max(0, -y p), labels -1 or 0, and 1: the perceptron criterion (Rosenblatt 1962)",
          List.of(),
          options -> new Perceptron());

  static final Guide GUIDE =
      new Guide(
          """
          loss = max(0, -y p), y in {-1, 1}, the mean over outputs
          slope = -y for y p <= 0, else 0
          """,
          "[0, inf); p is any number; labels are 1, and -1 or 0",
          "Rosenblatt's perceptron: only what is wrong teaches, and it stops as soon as all is "
              + "right. For what is not separable, and for a margin, take hinge.",
          Curve.over(-3, 3).labels(1).named("label 1"),
          Curve.over(-3, 3).labels(-1).named("label -1"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double ofMargin(double margin) {
    return Math.max(0, -margin);
  }

  @Override
  public double slopeOfMargin(double margin) {
    return margin <= 0 ? -1 : 0;
  }

  @Override
  public double kink() {
    return 0;
  }
}
