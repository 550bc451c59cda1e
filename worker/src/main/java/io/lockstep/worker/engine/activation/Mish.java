package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/**
 * y = x w with w = tanh(ln(1 + e^x)); y' = w + x (1 - w^2) / (1 + e^-x). With e = e^-|x|, w is (1 +
 * 2 e) / (1 + 2 e + 2 e^2) from 0 up and (e^2 + 2 e) / (e^2 + 2 e + 2) below, which is the same
 * without overflow. Misra (2019).
 */
public record Mish() implements Elementwise {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "mish", "x tanh(ln(1 + e^x)) (Misra 2019)", List.of(), options -> new Mish());

  static final Guide GUIDE =
      new Guide(
          """
          y = x tanh(ln(1 + e^x))
          y' = w + x (1 - w^2) / (1 + e^-x), w = tanh(ln(1 + e^x))
          """,
          "[-0.309, inf)",
          "Convolution networks, object detection (YOLOv4); near swish in shape and use.",
          Curve.over(-4, 4));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean fromOutput() {
    return false;
  }

  @Override
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    decay(x, y, scratch[0], n);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * gate(x[i], y[i]);
    }
  }

  @Override
  public void gradient(double[] x, double[] dy, double[] dx, double[][] scratch, int n) {
    decay(x, dx, scratch[0], n);
    for (int i = 0; i < n; i++) {
      double e = dx[i];
      double w = gate(x[i], e);
      double sigmoid = (x[i] < 0 ? e : 1) / (1 + e);
      dx[i] = dy[i] * (w + x[i] * ((1 - w * w) * sigmoid));
    }
  }

  /** e^-|x|. */
  private static void decay(double[] x, double[] e, double[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      e[i] = -Math.abs(x[i]);
    }
    Elementary.exp(e, e, scratch, n);
  }

  private static double gate(double x, double e) {
    double above = x < 0 ? e * (e + 2) : 1 + 2 * e;
    return above / (above + (x < 0 ? 2 : 2 * e * e));
  }
}
