package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.FloatPointwise;
import java.util.List;

/**
 * y = x Phi(x), Phi the distribution function of the standard normal, (1 + erf(x / sqrt 2)) / 2; y'
 * = Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi). Hendrycks and Gimpel (2016), eq. 1.
 */
public record Gelu() implements Elementwise, FloatPointwise {
  private static final Key<String> APPROXIMATE =
      Key.choice(
          "approximate",
          "none",
          List.of("none", "tanh"),
          "none: by the error function; tanh: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))");

  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "gelu",
          "x Phi(x), Phi the standard normal's distribution (Hendrycks, Gimpel 2016)",
          List.of(APPROXIMATE),
          options -> options.get(APPROXIMATE).equals("tanh") ? new GeluTanh() : new Gelu());

  static final Guide GUIDE =
      new Guide(
          """
          y = x Phi(x), Phi the distribution of the standard normal
          y' = Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi)
          y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 with approximate: tanh
          """,
          "[-0.17, inf)",
          "Transformers: the activation of BERT (exact) and GPT-2 (approximate: tanh, and "
              + "faster).",
          Curve.over(-4, 4).named("exact"),
          Curve.over(-4, 4).named("tanh form").with("approximate", "tanh"));

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
    Elementary.normalCdf(x, y, scratch[0], scratch[1], n);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * y[i];
    }
  }

  @Override
  public void gradient(double[] x, double[] dy, double[] dx, double[][] scratch, int n) {
    double[] power = scratch[0];
    Elementary.normalCdf(x, dx, power, scratch[1], n);
    for (int i = 0; i < n; i++) {
      dx[i] = dy[i] * (dx[i] + x[i] * (Elementary.DENSITY_AT_ZERO * power[i]));
    }
  }

  @Override
  public void value(float[] x, float[] y, float[][] scratch, int n) {
    Elementary.normalCdf(x, y, scratch[0], scratch[1], n);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * y[i];
    }
  }

  @Override
  public void gradient(float[] x, float[] dy, float[] dx, float[][] scratch, int n) {
    float[] power = scratch[0];
    Elementary.normalCdf(x, dx, power, scratch[1], n);
    for (int i = 0; i < n; i++) {
      dx[i] = dy[i] * (dx[i] + x[i] * ((float) Elementary.DENSITY_AT_ZERO * power[i]));
    }
  }
}
