package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Parametric;
import io.lockstep.worker.engine.kernel.PlainKernel;
import io.lockstep.worker.engine.kernel.Pointwise;
import io.lockstep.worker.engine.kernel.Window;
import java.util.Arrays;

/**
 * The float64 kernel, which also notes where every number lies that a kink is near: on which side
 * of a rectifier's zero or of a function's kinks. Two passes with the same {@link #piece} lie on
 * the same smooth piece of what they compute.
 */
final class PieceKernel extends PlainKernel {
  private long piece;
  private double[] a = new double[0];
  private double[] b = new double[0];
  private double[] row = new double[0];

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

  /**
   * The bits of {@link PlainKernel}'s product, about ten times as fast: a check of a user's network
   * computes it some thousand times. The inner loop runs along a row of the result, which C2
   * vectorises, and adds to each of its numbers in the same order.
   */
  @Override
  public void gemm(
      Transpose transposeA,
      Transpose transposeB,
      int m,
      int n,
      int k,
      Buffer bufferA,
      int aOffset,
      int lda,
      Buffer bufferB,
      int bOffset,
      int ldb,
      Target target,
      Buffer c,
      int cOffset,
      int ldc) {
    a = read(transposeA, m, k, bufferA, aOffset, lda, a);
    b = read(transposeB, k, n, bufferB, bOffset, ldb, b);
    row = room(row, n);
    for (int i = 0; i < m; i++) {
      Arrays.fill(row, 0, n, 0);
      for (int l = 0; l < k; l++) {
        addRow(a[i * k + l], b, l * n, row, n);
      }
      for (int j = 0; j < n; j++) {
        int at = cOffset + i * ldc + j;
        c.set(at, target == Target.SET ? row[j] : c.get(at) + row[j]);
      }
    }
  }

  private static void addRow(double factor, double[] b, int from, double[] row, int n) {
    for (int j = 0; j < n; j++) {
      row[j] += factor * b[from + j];
    }
  }

  /** op(M) as [rows, columns]. */
  private static double[] read(
      Transpose transpose,
      int rows,
      int columns,
      Buffer matrix,
      int offset,
      int ld,
      double[] target) {
    double[] values = room(target, Math.multiplyExact(rows, columns));
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        values[r * columns + c] =
            matrix.get(offset + (transpose == Transpose.NO ? r * ld + c : c * ld + r));
      }
    }
    return values;
  }

  private static double[] room(double[] array, int length) {
    return array.length < length ? new double[length] : array;
  }
}
