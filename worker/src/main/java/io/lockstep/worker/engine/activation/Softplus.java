package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/**
 * y = ln(1 + e^x), computed as max(x, 0) + ln(1 + e^-|x|); y' = 1 / (1 + e^-x) = 1 - e^-y. Dugas et
 * al. (2001).
 */
public record Softplus() implements Elementwise {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "softplus", "ln(1 + e^x) (Dugas et al. 2001)", List.of(), options -> new Softplus());

  static final Guide GUIDE =
      new Guide(
          """
          y = ln(1 + e^x)
          y' = 1 / (1 + e^-x)
          """,
          "(0, inf)",
          "Numbers that must be above 0, such as a deviation or a rate; a relu without "
              + "its kink.",
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
      y[i] = -Math.abs(x[i]);
    }
    Elementary.exp(y, y, scratch[0], n);
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(x[i], 0) + Elementary.log1p(y[i]);
    }
  }

  @Override
  public void gradient(double[] y, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = -y[i];
    }
    Elementary.expm1(dx, dx, scratch[0], n);
    for (int i = 0; i < n; i++) {
      dx[i] = -dy[i] * dx[i];
    }
  }
}
