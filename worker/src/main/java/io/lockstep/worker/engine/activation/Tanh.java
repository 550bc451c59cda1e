package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/**
 * y = tanh x = -m / (2 + m) with m = e^(-2 |x|) - 1, and the sign of x; y' = 1 - y^2. No
 * cancellation near 0, no overflow far out.
 */
public record Tanh() implements Elementwise {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>("tanh", "(e^x - e^-x) / (e^x + e^-x)", List.of(), options -> new Tanh());

  static final Guide GUIDE =
      new Guide(
          """
          y = (e^x - e^-x) / (e^x + e^-x)
          y' = 1 - y^2
          """,
          "(-1, 1)",
          "Small networks, recurrent layers, outputs in [-1, 1]: centred at 0, which "
              + "sigmoid is not. Saturates: gradients of deep networks vanish.",
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
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -2 * Math.abs(x[i]);
    }
    Elementary.expm1(y, y, scratch[0], n);
    for (int i = 0; i < n; i++) {
      y[i] = -y[i] / (2 + y[i]);
    }
    for (int i = 0; i < n; i++) {
      y[i] = Math.copySign(y[i], x[i]);
    }
  }

  @Override
  public void gradient(double[] y, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = dy[i] * (1 - y[i] * y[i]);
    }
  }
}
