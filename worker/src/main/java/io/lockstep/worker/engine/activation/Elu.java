package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/**
 * y = x above 0, else alpha (e^x - 1); y' = 1 above 0, else y + alpha. Clevert, Unterthiner,
 * Hochreiter (2016), eq. 15.
 *
 * @param alpha what -y goes to far below 0, above 0
 */
public record Elu(double alpha) implements Elementwise {
  private static final Key<Double> ALPHA =
      Key.number("alpha", 1.0, Range.POSITIVE, "what -y goes to far below 0");

  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "elu",
          "x above 0, else alpha (e^x - 1) (Clevert et al. 2016)",
          List.of(ALPHA),
          options -> new Elu(options.get(ALPHA)));

  static final Guide GUIDE =
      new Guide(
          """
          y = x for x > 0, else alpha (e^x - 1)
          y' = 1 for x > 0, else y + alpha
          """,
          "(-alpha, inf)",
          "Dense and convolution layers without normalisation: smooth for alpha 1, and "
              + "means near 0. Costs an exponential.",
          Curve.over(-4, 4).named("alpha 1"),
          Curve.over(-4, 4).named("alpha 0.5").with("alpha", 0.5));

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
      y[i] = x[i] > 0 ? x[i] : alpha * y[i];
    }
  }

  @Override
  public void gradient(double[] y, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = y[i] > 0 ? dy[i] : dy[i] * (y[i] + alpha);
    }
  }
}
