package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Parametric;
import io.lockstep.worker.engine.kernel.PlainKernel;
import io.lockstep.worker.engine.kernel.Pointwise;
import io.lockstep.worker.engine.kernel.Window;

/**
 * The float64 kernel, which also notes where every number lies that a kink is near: on which side
 * of a rectifier's zero or of a function's kinks. Two passes with the same {@link #piece} lie on
 * the same smooth piece of what they compute.
 */
final class PieceKernel extends PlainKernel {
  private long piece;

  /** Forgets what was noted. */
  void clear() {
    piece = 0;
  }

  /** A hash of all that was noted since {@link #clear}, in order. */
  long piece() {
    return piece;
  }

  private void note(long side) {
    piece = piece * 0x9E3779B97F4A7C15L + side + 1;
  }

  @Override
  public void relu(double slope, Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      note(x.get(i) > 0 ? 1 : 0);
    }
    super.relu(slope, x, y, n);
  }

  @Override
  public void map(Pointwise f, Buffer x, Buffer y, int n) {
    note(f.kinks(), x, n);
    super.map(f, x, y, n);
  }

  @Override
  public void map(Parametric f, Buffer x, Buffer p, Buffer y, int n) {
    note(f.kinks(), x, n);
    super.map(f, x, p, y, n);
  }

  private void note(double[] kinks, Buffer x, int n) {
    for (int i = 0; i < n && kinks.length > 0; i++) {
      int side = 0;
      for (double kink : kinks) {
        side += x.get(i) > kink ? 1 : 0;
      }
      note(side);
    }
  }

  @Override
  public void maxPool(Window window, Buffer x, int count, Buffer y) {
    super.maxPool(window, x, count, y);
    // every output sends its own number back to the largest: what arrives says who won
    int outputs = count * window.outSize();
    Buffer numbers = allocate(outputs);
    for (int i = 0; i < outputs; i++) {
      numbers.set(i, i + 1);
    }
    Buffer winners = allocate(count * window.imageSize());
    maxPoolGradient(window, x, y, numbers, count, winners);
    for (int i = 0; i < winners.length(); i++) {
      note((long) winners.get(i));
    }
  }
}
