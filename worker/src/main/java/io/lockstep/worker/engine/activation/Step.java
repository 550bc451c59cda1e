package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * y = 1 from 0 up, else 0 (Heaviside's function). The derivative is 0 everywhere, at the jump too,
 * so nothing before it learns: a model with it trains only what lies after. A perceptron is trained
 * by its criterion on what would go into the step. McCulloch, Pitts (1943).
 */
public record Step() implements Elementwise {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "step",
          "1 from 0 up, else 0; its derivative is 0, so layers before it do not learn"
              + " (McCulloch, Pitts 1943)",
          List.of(),
          options -> new Step());

  static final Guide GUIDE =
      new Guide(
          """
          y = 1 for x >= 0, else 0
          y' = 0
          """,
          "{0, 1}",
          "Decisions that are shown, not trained: its derivative is 0 everywhere, so "
              + "whatever lies before it keeps its first values. Train a perceptron with the "
              + "perceptron criterion on the number that would go into the step.",
          Curve.over(-4, 4));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean fromOutput() {
    return true;
  }

  @Override
  public double[] kinks() {
    return new double[] {0};
  }

  @Override
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      // a number that is none stays so
      y[i] = x[i] >= 0 ? 1 : x[i] < 0 ? 0 : x[i];
    }
  }

  @Override
  public void gradient(double[] y, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = 0;
    }
  }
}
