package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * max(0, 1 - y p), y in {-1, 1}, the mean over outputs; slope -y where y p &lt; 1, else 0. The loss
 * of support vector machines, Cortes and Vapnik (1995). Labels 0 and 1 are read as -1 and 1.
 */
public record Hinge() implements MarginLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "hinge",
          "max(0, 1 - y p), labels -1 or 0, and 1: the widest margin (Cortes, Vapnik 1995)",
          List.of(),
          options -> new Hinge());

  static final Guide GUIDE =
      new Guide(
          """
          loss = max(0, 1 - y p), y in {-1, 1}, the mean over outputs
          slope = -y for y p < 1, else 0
          """,
          "[0, inf); p is any number; labels are 1, and -1 or 0",
          "Yes or no with the widest margin, as in support vector machines: what is right by more "
              + "than 1 is let alone. Puts out margins, no probabilities.",
          Curve.over(-3, 3).labels(1).named("label 1"),
          Curve.over(-3, 3).labels(-1).named("label -1"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double ofMargin(double margin) {
    return Math.max(0, 1 - margin);
  }

  @Override
  public double slopeOfMargin(double margin) {
    return margin < 1 ? -1 : 0;
  }

  @Override
  public double kink() {
    return 1;
  }
}
