package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import java.util.List;

/**
 * y = x above 0, else alpha x with a learned alpha; dy/dx is 1 above 0, else alpha, and dy/dalpha 0
 * above 0, else x. He, Zhang, Ren, Sun (2015), eq. 1, 2 and 3.
 *
 * @param alpha the first slope, in [0, 1)
 * @param shared whether all channels have one slope
 */
public record Prelu(double alpha, boolean shared) implements LearnedElementwise {
  private static final Key<Double> ALPHA =
      Key.number("alpha", 0.25, Range.FRACTION, "the first slope below 0");

  private static final Key<Boolean> SHARED =
      Key.flag("shared", true, "one slope for all channels, or one a channel");

  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "prelu",
          "x above 0, else alpha x with learned alpha, tensor NAME.alpha (He et al. 2015)",
          List.of(ALPHA, SHARED),
          options -> new Prelu(options.get(ALPHA), options.get(SHARED)));

  static final Guide GUIDE =
      new Guide(
          """
          y = x for x > 0, else alpha x, alpha learned
          y' = 1 for x > 0, else alpha
          dy/dalpha = 0 for x > 0, else x
          """,
          "(-inf, inf)",
          "Large convolution networks with much data: leaky-relu whose slope is learned, "
              + "one for the layer or one a channel. Leave bias out of weight decay (exclude: "
              + "[bias]), which would pull the slope to 0.",
          Curve.over(-4, 4).named("alpha 0.25, the first value"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean rectifier() {
    return true;
  }

  @Override
  public String suffix() {
    return ALPHA.name();
  }

  @Override
  public int learned(int columns) {
    return shared ? 1 : columns;
  }

  @Override
  public double first() {
    return alpha;
  }

  @Override
  public Activation held() {
    return new LeakyRelu(alpha);
  }

  @Override
  public double[] kinks() {
    return new double[] {0};
  }

  @Override
  public void value(double[] x, double[] p, double[] y, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] > 0 ? x[i] : p[i] * x[i];
    }
  }

  @Override
  public void gradient(
      double[] x, double[] p, double[] dy, double[] dx, double[] dp, double[][] scratch, int n) {
    for (int i = 0; i < n; i++) {
      dx[i] = x[i] > 0 ? dy[i] : dy[i] * p[i];
    }
    for (int i = 0; i < n; i++) {
      dp[i] = x[i] > 0 ? 0 : dy[i] * x[i];
    }
  }
}
