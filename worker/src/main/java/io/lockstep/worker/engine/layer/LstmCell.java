package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Sigmoid;
import io.lockstep.worker.engine.activation.Tanh;
import io.lockstep.worker.engine.kernel.Pointwise;

/**
 * Long short-term memory, Hochreiter and Schmidhuber (1997) with the forget gate of Gers et al.
 * (2000); gates in PyTorch's order i, f, g, o:
 *
 * <pre>{@code
 * i, f, o = sigmoid(z), g = tanh(z)
 * c = f c' + i g
 * h = o tanh c
 * }</pre>
 */
final class LstmCell implements Cell {
  static final Kind KIND = new Kind(4, true, false);

  private static final Pointwise SIGMOID = new Sigmoid();
  private static final Pointwise TANH = new Tanh();

  private final double[] z;
  private final double[] t;
  private final double[][] scratch;

  LstmCell(int units) {
    z = new double[units];
    t = new double[units];
    scratch = new double[2][units];
  }

  @Override
  public void forward(double[][] gates, double[][] recurrent, State before, State after) {
    for (int gate = 0; gate < gates.length; gate++) {
      System.arraycopy(gates[gate], 0, z, 0, z.length);
      (gate == 2 ? TANH : SIGMOID).value(z, gates[gate], scratch, z.length);
    }
    carry(gates[0], gates[1], gates[2], before.c(), after.c());
    TANH.value(after.c(), t, scratch, t.length);
    product(gates[3], t, after.h());
  }

  private static void carry(double[] i, double[] f, double[] g, double[] before, double[] c) {
    for (int u = 0; u < c.length; u++) {
      c[u] = f[u] * before[u] + i[u] * g[u];
    }
  }

  private static void product(double[] o, double[] t, double[] h) {
    for (int u = 0; u < h.length; u++) {
      h[u] = o[u] * t[u];
    }
  }

  @Override
  public void backward(
      double[][] gates, double[][] recurrent, State before, State after, State gradient) {
    TANH.value(after.c(), t, scratch, t.length);
    ofOutput(gates[3], t, gradient.h(), gradient.c());
    ofCarry(gates[0], gates[1], gates[2], before.c(), gradient.c());
  }

  /** dc += dh o (1 - t^2), dz_o = dh t o (1 - o), and nothing of h is left. */
  private static void ofOutput(double[] o, double[] t, double[] dh, double[] dc) {
    for (int u = 0; u < dh.length; u++) {
      dc[u] += dh[u] * o[u] * (1 - t[u] * t[u]);
      o[u] = dh[u] * t[u] * o[u] * (1 - o[u]);
      dh[u] = 0;
    }
  }

  /** dz_i = dc g i (1 - i), dz_f = dc c' f (1 - f), dz_g = dc i (1 - g^2), dc' = dc f. */
  private static void ofCarry(double[] i, double[] f, double[] g, double[] before, double[] dc) {
    for (int u = 0; u < dc.length; u++) {
      double input = i[u];
      double forget = f[u];
      i[u] = dc[u] * g[u] * input * (1 - input);
      g[u] = dc[u] * input * (1 - g[u] * g[u]);
      f[u] = dc[u] * before[u] * forget * (1 - forget);
      dc[u] *= forget;
    }
  }
}
