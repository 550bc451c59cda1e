package io.lockstep.worker.engine.kernel;

/**
 * The reference: every operation in float64, in the loops of its definition. Gradient checks run
 * the layers on it, and the fast kernel is compared with it.
 */
public final class PlainKernel implements Kernel {
  private final PointwiseBlocks pointwise = new PointwiseBlocks();

  @Override
  public Buffer allocate(int length) {
    return new DoubleArray(new double[length], 0, length);
  }

  @Override
  public void gemm(
      Transpose transposeA,
      Transpose transposeB,
      int m,
      int n,
      int k,
      Buffer a,
      int aOffset,
      int lda,
      Buffer b,
      int bOffset,
      int ldb,
      Target target,
      Buffer c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          int inA = transposeA == Transpose.NO ? i * lda + l : l * lda + i;
          int inB = transposeB == Transpose.NO ? l * ldb + j : j * ldb + l;
          sum += a.get(aOffset + inA) * b.get(bOffset + inB);
        }
        put(target, c, cOffset + i * ldc + j, sum);
      }
    }
  }

  @Override
  public void fill(double value, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, value);
    }
  }

  @Override
  public void copy(Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, x.get(i));
    }
  }

  @Override
  public void affine(double a, Buffer x, double b, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, a * x.get(i) + b);
    }
  }

  @Override
  public void add(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i++) {
      z.set(i, x.get(i) + y.get(i));
    }
  }

  @Override
  public void multiply(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i++) {
      z.set(i, x.get(i) * y.get(i));
    }
  }

  @Override
  public void multiplyAdd(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i++) {
      z.set(i, z.get(i) + x.get(i) * y.get(i));
    }
  }

  @Override
  public void map(Pointwise f, Buffer x, Buffer y, int n) {
    pointwise.map(f, x, y, n);
  }

  @Override
  public void mapGradient(Pointwise f, Buffer at, Buffer dy, Buffer dx, int n) {
    pointwise.mapGradient(f, at, dy, dx, n);
  }

  @Override
  public void relu(double slope, Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, Math.max(x.get(i), slope * x.get(i)));
    }
  }

  @Override
  public void reluGradient(double slope, Buffer y, Buffer dy, Buffer dx, int n) {
    for (int i = 0; i < n; i++) {
      dx.set(i, y.get(i) > 0 ? dy.get(i) : slope * dy.get(i));
    }
  }

  @Override
  public void softmax(Buffer x, Buffer y, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      int row = r * columns;
      double largest = x.get(row);
      for (int c = 1; c < columns; c++) {
        largest = Math.max(largest, x.get(row + c));
      }
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        y.set(row + c, StrictMath.exp(x.get(row + c) - largest));
        sum += y.get(row + c);
      }
      for (int c = 0; c < columns; c++) {
        y.set(row + c, y.get(row + c) / sum);
      }
    }
  }

  @Override
  public void softmaxGradient(Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      int row = r * columns;
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        sum += y.get(row + c) * dy.get(row + c);
      }
      for (int c = 0; c < columns; c++) {
        dx.set(row + c, y.get(row + c) * (dy.get(row + c) - sum));
      }
    }
  }

  @Override
  public void addRow(Buffer bias, int biasOffset, Buffer y, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        y.set(r * columns + c, y.get(r * columns + c) + bias.get(biasOffset + c));
      }
    }
  }

  @Override
  public void sumRows(Buffer x, int rows, int columns, Target target, Buffer sums, int offset) {
    for (int c = 0; c < columns; c++) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += x.get(r * columns + c);
      }
      put(target, sums, offset + c, sum);
    }
  }

  private static void put(Target target, Buffer c, int index, double value) {
    c.set(index, target == Target.SET ? value : c.get(index) + value);
  }
}
