package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Task;
import java.util.List;

/**
 * 1 - cos(p, y) = 1 - p y / (|p| |y|), the mean over positions, of which features are one; slope
 * (cos p / |p| - y / |y|) / |p|. A row shorter than {@value #LEAST_NORM} has no direction: its loss
 * is 1 and its slope 0, so that the gradient is finite everywhere.
 */
public record Cosine() implements ExampleLoss {
  private static final double LEAST_NORM = 1e-8;

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "cosine",
          "1 - cosine of the angle between p and y: directions, whatever their lengths",
          List.of(),
          options -> new Cosine());

  static final Guide GUIDE =
      new Guide(
          """
          loss = 1 - p y / (|p| |y|), the mean over positions
          slope = (cos p / |p| - y / |y|) / |p|
          """,
          "[0, 2]; p and y are vectors, shorter than 1e-8 without direction",
          "Directions, whatever their lengths: embeddings of words and of sentences.",
          Curve.over(-3, 3).at(0, 1).labels(0, 1).named("label (0, 1), over p = (t, 1)"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    return output.size();
  }

  @Override
  public Task task() {
    return new Task.Values();
  }

  @Override
  public double loss(Shape output, double[] p, double[] y, double[] gradient) {
    int width = output.channels();
    double total = 0;
    for (int at = 0; at < p.length; at += width) {
      total += row(p, y, at, width, output.positions(), gradient);
    }
    return total / output.positions();
  }

  private static double row(
      double[] p, double[] y, int at, int width, int positions, double[] gradient) {
    double product = 0;
    double pSquares = 0;
    double ySquares = 0;
    for (int i = at; i < at + width; i++) {
      product += p[i] * y[i];
      pSquares += p[i] * p[i];
      ySquares += y[i] * y[i];
    }
    double pNorm = Math.sqrt(pSquares);
    double yNorm = Math.sqrt(ySquares);
    boolean directed = pNorm >= LEAST_NORM && yNorm >= LEAST_NORM;
    double cosine = directed ? product / (pNorm * yNorm) : 0;
    for (int i = at; i < at + width; i++) {
      gradient[i] = directed ? (cosine * p[i] / pNorm - y[i] / yNorm) / pNorm / positions : 0;
    }
    return 1 - cosine;
  }
}
