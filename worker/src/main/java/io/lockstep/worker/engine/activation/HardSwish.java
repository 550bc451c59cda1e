package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * y = x h with h = min(max(x / 6 + 1 / 2, 0), 1); y' = x / 3 + 1 / 2 between -3 and 3, 0 below, 1
 * above. Howard et al. (2019), section 5.2.
 */
public record HardSwish() implements Elementwise {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "hard-swish",
          "x times hard-sigmoid(x) (Howard et al. 2019)",
          List.of(),
          options -> new HardSwish());

  static final Guide GUIDE =
      new Guide(
          """
          y = x min(max(x / 6 + 1/2, 0), 1)
          y' = x / 3 + 1/2 for -3 < x < 3; 0 below, 1 above
          """,
          "[-0.375, inf)",
          "Networks for small devices (MobileNetV3): swish without an exponential.",
          Curve.over(-6, 6));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean fromOutput() {
    return false;
  }

  @Override
  public double[] kinks() {
    return new double[] {-3, 3};
  }

  @Override
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * Math.min(Math.max((x[i] + 3) / 6, 0), 1);
    }
  }

  @Override
  public void gradient(double[] x, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      double slope = x[i] >= 3 ? 1 : x[i] > -3 ? x[i] / 3 + 0.5 : 0;
      dx[i] = dy[i] * slope;
    }
  }
}
