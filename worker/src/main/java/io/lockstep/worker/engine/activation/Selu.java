package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/**
 * y = s x above 0, else s alpha (e^x - 1), with the s and alpha for which means 0 and variances 1
 * keep themselves through dense layers; y' = s above 0, else y + s alpha. Klambauer et al. (2017),
 * eq. 2.
 */
public record Selu() implements Elementwise {
  private static final double SCALE = 1.0507009873554805;
  private static final double ALPHA = 1.6732632423543772;

  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "selu",
          "1.0507 x above 0, else 1.0507 * 1.6733 (e^x - 1) (Klambauer et al. 2017)",
          List.of(),
          options -> new Selu());

  static final Guide GUIDE =
      new Guide(
          """
          y = 1.0507 x for x > 0, else 1.7581 (e^x - 1)
          y' = 1.0507 for x > 0, else y + 1.7581
          """,
          "(-1.7581, inf)",
          "Deep dense networks without normalisation: with lecun-normal first values and "
              + "standardised inputs, means and variances stay near 0 and 1 from layer to "
              + "layer.",
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
    Elementary.expm1(x, y, scratch[0], n);
    for (int i = 0; i < n; i++) {
      y[i] = SCALE * (x[i] > 0 ? x[i] : ALPHA * y[i]);
    }
  }

  @Override
  public void gradient(double[] y, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = dy[i] * (y[i] > 0 ? SCALE : y[i] + SCALE * ALPHA);
    }
  }
}
