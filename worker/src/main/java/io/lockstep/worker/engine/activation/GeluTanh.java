package io.lockstep.worker.engine.activation;

import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.FloatPointwise;

/**
 * y = 0.5 x (1 + tanh u) with u = sqrt(2 / pi) (x + 0.044715 x^3), computed as x s with s =
 * sigmoid(2 u), which is the same; y' = s + 2 x s (1 - s) u'. Hendrycks and Gimpel (2016), section
 * 2.
 */
record GeluTanh() implements Elementwise, FloatPointwise {
  private static final double SQRT_2_OVER_PI = 0.7978845608028654;
  private static final double CUBIC = 0.044715;

  @Override
  public String name() {
    return Gelu.ENTRY.name();
  }

  @Override
  public boolean fromOutput() {
    return false;
  }

  @Override
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    gate(x, y, scratch, n);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * y[i];
    }
  }

  @Override
  public void gradient(double[] x, double[] dy, double[] dx, double[][] scratch, int n) {
    gate(x, dx, scratch, n);
    for (int i = 0; i < n; i++) {
      double s = dx[i];
      double slope = SQRT_2_OVER_PI * (1 + 3 * CUBIC * x[i] * x[i]);
      dx[i] = dy[i] * (s + 2 * x[i] * (s * (1 - s)) * slope);
    }
  }

  /** s = 1 / (1 + e^(-2 u)). */
  private static void gate(double[] x, double[] s, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = -2 * SQRT_2_OVER_PI * (x[i] + CUBIC * x[i] * x[i] * x[i]);
    }
    Elementary.exp(s, s, scratch[0], n);
    for (int i = 0; i < n; i++) {
      s[i] = 1 / (1 + s[i]);
    }
  }

  @Override
  public void value(float[] x, float[] y, float[][] scratch, int n) {
    gate(x, y, scratch, n);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * y[i];
    }
  }

  @Override
  public void gradient(float[] x, float[] dy, float[] dx, float[][] scratch, int n) {
    gate(x, dx, scratch, n);
    for (int i = 0; i < n; i++) {
      float s = dx[i];
      float slope = (float) SQRT_2_OVER_PI * (1 + 3 * (float) CUBIC * x[i] * x[i]);
      dx[i] = dy[i] * (s + 2 * x[i] * (s * (1 - s) * slope));
    }
  }

  /** s = e / (1 + e) with e = e^(-2 |u|), or 1 - s where u is above 0: no e^ is large. */
  private static void gate(float[] x, float[] s, float[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      float a = Math.abs(x[i]);
      s[i] = -2 * (float) SQRT_2_OVER_PI * (a + (float) CUBIC * a * a * a);
    }
    Elementary.exp(s, s, scratch[0], n);
    for (int i = 0; i < n; i++) {
      float tail = s[i] / (1 + s[i]);
      float upper =
          Math.max(Math.min(x[i] * 1e38f * 1e38f, 1), 0); // 1 for u above 0, else 0: no branch
      s[i] = upper + tail * (1 - 2 * upper);
    }
  }
}
