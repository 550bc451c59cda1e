package io.lockstep.worker.engine.activation;

import io.lockstep.worker.engine.kernel.Elementary;

/**
 * y = x s with s = 1 / (1 + e^(-beta x)) and a learned beta; dy/dx = s + beta x s (1 - s), dy/dbeta
 * = x^2 s (1 - s). Ramachandran, Zoph, Le (2017), section 5.1.
 *
 * @param beta the first steepness of the gate
 */
record LearnedSwish(double beta) implements LearnedElementwise {
  @Override
  public String name() {
    return Swish.ENTRY.name();
  }

  @Override
  public String suffix() {
    return "beta";
  }

  @Override
  public int learned(int columns) {
    return 1;
  }

  @Override
  public double first() {
    return beta;
  }

  @Override
  public Activation held() {
    return new Swish(beta);
  }

  @Override
  public void value(double[] x, double[] p, double[] y, double[][] scratch, int n) {
    gate(x, p, y, scratch[0], n);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * y[i];
    }
  }

  @Override
  public void gradient(
      double[] x, double[] p, double[] dy, double[] dx, double[] dp, double[][] scratch, int n) {
    gate(x, p, dx, scratch[0], n);
    for (int i = 0; i < n; i++) {
      dp[i] = x[i] * (dx[i] * (1 - dx[i]));
    }
    for (int i = 0; i < n; i++) {
      dx[i] = dy[i] * (dx[i] + p[i] * dp[i]);
    }
    for (int i = 0; i < n; i++) {
      dp[i] = dy[i] * (x[i] * dp[i]);
    }
  }

  private static void gate(double[] x, double[] p, double[] s, double[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = -p[i] * x[i];
    }
    Elementary.exp(s, s, scratch, n);
    for (int i = 0; i < n; i++) {
      s[i] = 1 / (1 + s[i]);
    }
  }
}
