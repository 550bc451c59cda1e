package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/** y = 1 / (1 + e^-x); y' = y (1 - y). */
public record Sigmoid() implements Elementwise {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>("sigmoid", "1 / (1 + e^-x)", List.of(), options -> new Sigmoid());

  static final Guide GUIDE =
      new Guide(
          """
          y = 1 / (1 + e^-x)
          y' = y (1 - y)
          """,
          "(0, 1)",
          "One probability, or several that do not exclude each other, as the last layer "
              + "before binary-cross-entropy; gates. In hidden layers gradients vanish: the "
              + "slope is at most 1/4.",
          Curve.over(-8, 8));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean fromOutput() {
    return true;
  }

  @Override
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -x[i];
    }
    Elementary.exp(y, y, scratch[0], n);
    for (int i = 0; i < n; i++) {
      y[i] = 1 / (1 + y[i]);
    }
  }

  @Override
  public void gradient(double[] y, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = dy[i] * y[i] * (1 - y[i]);
    }
  }
}
