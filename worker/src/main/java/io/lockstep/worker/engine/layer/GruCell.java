package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Sigmoid;
import io.lockstep.worker.engine.activation.Tanh;
import io.lockstep.worker.engine.kernel.Pointwise;

/**
 * A gated recurrent unit, Cho et al. (2014), in PyTorch's and cuDNN's form, where the reset gate
 * acts behind the product; gates in PyTorch's order r, z, n, with x those of the input and u those
 * of the state:
 *
 * <pre>{@code
 * r = sigmoid(x_r + u_r), z = sigmoid(x_z + u_z)
 * n = tanh(x_n + r u_n)
 * h = (1 - z) n + z h'
 * }</pre>
 */
final class GruCell implements Cell {
  static final Kind KIND = new Kind(3, false, true);

  private static final Pointwise SIGMOID = new Sigmoid();
  private static final Pointwise TANH = new Tanh();

  private final double[] z;
  private final double[][] scratch;

  GruCell(int units) {
    z = new double[units];
    scratch = new double[2][units];
  }

  @Override
  public void forward(double[][] gates, double[][] recurrent, State before, State after) {
    for (int gate = 0; gate < 2; gate++) {
      add(gates[gate], recurrent[gate], z);
      SIGMOID.value(z, gates[gate], scratch, z.length);
    }
    addProduct(gates[2], gates[0], recurrent[2], z);
    TANH.value(z, gates[2], scratch, z.length);
    mix(gates[1], gates[2], before.h(), after.h());
  }

  private static void add(double[] x, double[] y, double[] z) {
    for (int u = 0; u < z.length; u++) {
      z[u] = x[u] + y[u];
    }
  }

  private static void addProduct(double[] x, double[] r, double[] y, double[] z) {
    for (int u = 0; u < z.length; u++) {
      z[u] = x[u] + r[u] * y[u];
    }
  }

  private static void mix(double[] z, double[] n, double[] before, double[] h) {
    for (int u = 0; u < h.length; u++) {
      h[u] = (1 - z[u]) * n[u] + z[u] * before[u];
    }
  }

  /** Of x and u the gates r and z have one gradient; that of n comes to u through r. */
  @Override
  public void backward(
      double[][] gates, double[][] recurrent, State before, State after, State gradient) {
    ofMix(gates[1], gates[2], before.h(), gradient.h());
    ofReset(gates[0], gates[2], recurrent[2]);
    System.arraycopy(gates[0], 0, recurrent[0], 0, z.length);
    System.arraycopy(gates[1], 0, recurrent[1], 0, z.length);
  }

  /** dz_z = dh (h' - n) z (1 - z), dz_n = dh (1 - z) (1 - n^2), dh' = dh z. */
  private static void ofMix(double[] z, double[] n, double[] before, double[] dh) {
    for (int u = 0; u < dh.length; u++) {
      double update = z[u];
      z[u] = dh[u] * (before[u] - n[u]) * update * (1 - update);
      n[u] = dh[u] * (1 - update) * (1 - n[u] * n[u]);
      dh[u] *= update;
    }
  }

  /** dz_r = dz_n u_n r (1 - r), du_n = dz_n r. */
  private static void ofReset(double[] r, double[] dn, double[] recurrent) {
    for (int u = 0; u < r.length; u++) {
      double reset = r[u];
      r[u] = dn[u] * recurrent[u] * reset * (1 - reset);
      recurrent[u] = dn[u] * reset;
    }
  }
}
