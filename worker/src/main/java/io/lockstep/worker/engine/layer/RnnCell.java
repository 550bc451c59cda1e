package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Tanh;
import io.lockstep.worker.engine.kernel.Pointwise;

/** The simple recurrent cell, Elman (1990): h = tanh(x Wx + b + h' Wh). */
final class RnnCell implements Cell {
  static final Kind KIND = new Kind(1, false, false);

  private static final Pointwise TANH = new Tanh();

  private final double[][] scratch;

  RnnCell(int units) {
    scratch = new double[2][units];
  }

  @Override
  public void forward(double[][] gates, double[][] recurrent, State before, State after) {
    TANH.value(gates[0], after.h(), scratch, after.h().length);
  }

  @Override
  public void backward(
      double[][] gates, double[][] recurrent, State before, State after, State gradient) {
    double[] h = after.h();
    double[] dh = gradient.h();
    for (int u = 0; u < h.length; u++) {
      gates[0][u] = dh[u] * (1 - h[u] * h[u]);
      dh[u] = 0;
    }
  }
}
