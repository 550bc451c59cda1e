package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * y = min(max(x / 6 + 1 / 2, 0), 1); y' = 1 / 6 between -3 and 3, else 0. Courbariaux, Bengio,
 * David (2015), with the slope of Howard et al. (2019) and PyTorch (Keras: 1 / 5 until 2024).
 */
public record HardSigmoid() implements Elementwise {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "hard-sigmoid",
          "x / 6 + 1 / 2, kept in [0, 1] (Courbariaux et al. 2015)",
          List.of(),
          options -> new HardSigmoid());

  static final Guide GUIDE =
      new Guide(
          """
          y = min(max(x / 6 + 1/2, 0), 1)
          y' = 1/6 for -3 < x < 3, else 0
          """,
          "[0, 1]",
          "A gate in networks for small devices: sigmoid without an exponential. Learns "
              + "nothing beyond -3 and 3.",
          Curve.over(-6, 6));

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
    return new double[] {-3, 3};
  }

  @Override
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(Math.max((x[i] + 3) / 6, 0), 1);
    }
  }

  @Override
  public void gradient(double[] y, double[] dy, double[] dx, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = y[i] > 0 && y[i] < 1 ? dy[i] / 6 : 0;
    }
  }
}
