package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * max(0, 1 - y p)^2, y in {-1, 1}, the mean over outputs; slope -2 y max(0, 1 - y p). The L2 loss
 * of support vector machines, Lee and Mangasarian (2001). Labels 0 and 1 are read as -1 and 1.
 */
public record SquaredHinge() implements MarginLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "squared-hinge",
          "max(0, 1 - y p)^2, labels -1 or 0, and 1: a hinge without a kink",
          List.of(),
          options -> new SquaredHinge());

  static final Guide GUIDE =
      new Guide(
          """
          loss = max(0, 1 - y p)^2, y in {-1, 1}, the mean over outputs
          slope = -2 y max(0, 1 - y p)
          """,
          "[0, inf); p is any number; labels are 1, and -1 or 0",
          "As hinge, but smooth, and harder on what is far on the wrong side.",
          Curve.over(-3, 3).labels(1).named("label 1"),
          Curve.over(-3, 3).labels(-1).named("label -1"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double ofMargin(double margin) {
    double missing = Math.max(0, 1 - margin);
    return missing * missing;
  }

  @Override
  public double slopeOfMargin(double margin) {
    return -2 * Math.max(0, 1 - margin);
  }

  @Override
  public double kink() {
    return 1;
  }
}
