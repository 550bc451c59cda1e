package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's loops of the normalisations. As many whole rows as fit into the first cache are
 * copied to a heap array and worked on as one long row; what belongs to a column is repeated as
 * often, so that all arrays of a loop have one index and C2 vectorises it. Sums are taken in
 * float32 over a few rows or one short run, and those in double. Belongs to one thread.
 */
final class Norms {
  /** Elements of a block: six arrays of 4 KiB lie in the first cache together. */
  private static final int BLOCK = 1024;

  /** Blocks whose elements one float32 adds up, before it is added to a double. */
  private static final int BLOCKS_IN_FLOAT = 16;

  private float[] x = new float[BLOCK];
  private float[] dy = new float[BLOCK];
  private float[] first = new float[BLOCK];
  private float[] second = new float[BLOCK];
  private float[] third = new float[BLOCK];
  private float[] fourth = new float[BLOCK];

  private static int blockSize(int rows, int columns) {
    return Math.min(Math.max(1, BLOCK / columns), rows) * columns;
  }

  private void reserve(int size) {
    if (x.length < size) {
      x = new float[size];
      dy = new float[size];
      first = new float[size];
      second = new float[size];
      third = new float[size];
      fourth = new float[size];
    }
  }

  private static void repeat(double[] values, int columns, float[] wide, int size) {
    for (int c = 0; c < columns; c++) {
      wide[c] = (float) values[c];
    }
    spread(columns, wide, size);
  }

  private static void repeat(Buffer values, int columns, float[] wide, int size) {
    values.read(0, wide, 0, columns);
    spread(columns, wide, size);
  }

  private static void spread(int columns, float[] wide, int size) {
    for (int i = columns; i < size; i += columns) {
      System.arraycopy(wide, 0, wide, i, columns);
    }
  }

  /**
   * Adds the sums of a block to those of the columns, and begins anew. Its rows are added up in
   * float32 first, one half to the other, which takes a tenth of the time of adding each in double.
   */
  private static void fold(float[] wide, int size, int columns, float[] scratch, double[] sums) {
    int rows = size / columns;
    while (rows > 1) {
      int left = (rows + 1) / 2;
      int n = (rows - left) * columns;
      System.arraycopy(wide, left * columns, scratch, 0, n);
      add(wide, scratch, n);
      rows = left;
    }
    for (int c = 0; c < columns; c++) {
      sums[c] += wide[c];
    }
    Arrays.fill(wide, 0, size, 0);
  }

  // ---- columns

  void moments(Buffer source, int offset, int rows, int columns, double[] mean, double[] variance) {
    Arrays.fill(mean, 0, columns, 0);
    Arrays.fill(variance, 0, columns, 0);
    if (rows == 0) {
      return;
    }
    int size = blockSize(rows, columns);
    int all = rows * columns;
    reserve(size);
    Arrays.fill(first, 0, size, 0);
    for (int i = 0, blocks = 1; i < all; i += size, blocks++) {
      int n = Math.min(size, all - i);
      source.read(offset + i, x, 0, n);
      add(first, x, n);
      if (blocks % BLOCKS_IN_FLOAT == 0 || i + size >= all) {
        fold(first, size, columns, fourth, mean);
      }
    }
    for (int c = 0; c < columns; c++) {
      mean[c] /= rows;
    }
    repeat(mean, columns, second, size);
    for (int i = 0, blocks = 1; i < all; i += size, blocks++) {
      int n = Math.min(size, all - i);
      source.read(offset + i, x, 0, n);
      addSquares(first, x, second, n);
      if (blocks % BLOCKS_IN_FLOAT == 0 || i + size >= all) {
        fold(first, size, columns, fourth, variance);
      }
    }
    for (int c = 0; c < columns; c++) {
      double rounded = mean[c] - second[c];
      variance[c] = Math.max(0, variance[c] / rows - rounded * rounded);
    }
  }

  private static void add(float[] sum, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] = sum[i] + x[i];
    }
  }

  private static void addSquares(float[] sum, float[] x, float[] mean, int n) {
    for (int i = 0; i < n; i++) {
      float centred = x[i] - mean[i];
      sum[i] = sum[i] + centred * centred;
    }
  }

  void affineColumns(
      Buffer source,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] scale,
      double[] shift,
      Buffer target) {
    if (rows == 0) {
      return;
    }
    int size = blockSize(rows, columns);
    int all = rows * columns;
    reserve(size);
    repeat(centre, columns, first, size);
    repeat(scale, columns, second, size);
    repeat(shift, columns, third, size);
    for (int i = 0; i < all; i += size) {
      int n = Math.min(size, all - i);
      source.read(offset + i, x, 0, n);
      affine(x, first, second, third, n);
      target.write(offset + i, x, 0, n);
    }
  }

  private static void affine(float[] x, float[] centre, float[] scale, float[] shift, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] - centre[i]) * scale[i] + shift[i];
    }
  }

  void columnProducts(
      Buffer upstream,
      Buffer source,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] sums,
      double[] products) {
    Arrays.fill(sums, 0, columns, 0);
    Arrays.fill(products, 0, columns, 0);
    if (rows == 0) {
      return;
    }
    int size = blockSize(rows, columns);
    int all = rows * columns;
    reserve(size);
    Arrays.fill(first, 0, size, 0);
    Arrays.fill(second, 0, size, 0);
    repeat(centre, columns, third, size);
    for (int i = 0, blocks = 1; i < all; i += size, blocks++) {
      int n = Math.min(size, all - i);
      upstream.read(offset + i, dy, 0, n);
      source.read(offset + i, x, 0, n);
      add(first, dy, n);
      addProducts(second, dy, x, third, n);
      if (blocks % BLOCKS_IN_FLOAT == 0 || i + size >= all) {
        fold(first, size, columns, fourth, sums);
        fold(second, size, columns, fourth, products);
      }
    }
  }

  private static void addProducts(float[] sum, float[] dy, float[] x, float[] centre, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] = sum[i] + dy[i] * (x[i] - centre[i]);
    }
  }

  void combineColumns(
      Buffer upstream,
      Buffer source,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] a,
      double[] b,
      double[] c,
      Buffer target) {
    if (rows == 0) {
      return;
    }
    int size = blockSize(rows, columns);
    int all = rows * columns;
    reserve(size);
    repeat(centre, columns, first, size);
    repeat(a, columns, second, size);
    repeat(b, columns, third, size);
    repeat(c, columns, fourth, size);
    for (int i = 0; i < all; i += size) {
      int n = Math.min(size, all - i);
      upstream.read(offset + i, dy, 0, n);
      source.read(offset + i, x, 0, n);
      combine(dy, x, first, second, third, fourth, n);
      target.write(offset + i, dy, 0, n);
    }
  }

  private static void combine(
      float[] dy, float[] x, float[] centre, float[] a, float[] b, float[] c, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] = a[i] * dy[i] + b[i] * (x[i] - centre[i]) + c[i];
    }
  }

  // ---- rows

  void normalizeRows(
      Buffer source,
      int rows,
      int columns,
      boolean centred,
      double epsilon,
      @Nullable Buffer gain,
      @Nullable Buffer shift,
      Buffer target,
      double[] means,
      double[] inverses) {
    if (rows == 0) {
      return;
    }
    int size = blockSize(rows, columns);
    int all = rows * columns;
    reserve(size);
    if (gain != null) {
      repeat(gain, columns, first, size);
    }
    if (shift != null) {
      repeat(shift, columns, second, size);
    }
    for (int i = 0, row = 0; i < all; i += size) {
      int n = Math.min(size, all - i);
      source.read(i, x, 0, n);
      for (int from = 0; from < n; from += columns, row++) {
        means[row] = centred ? centre(x, from, from + columns) : 0;
        double variance = squares(x, from, from + columns) / columns;
        inverses[row] = 1 / Math.sqrt(variance + epsilon);
        scale((float) inverses[row], x, from, from + columns);
      }
      if (gain != null) {
        multiply(x, first, n);
      }
      if (shift != null) {
        add(x, second, n);
      }
      target.write(i, x, 0, n);
    }
  }

  /** Takes the mean of a row away from it. */
  private static double centre(float[] x, int from, int to) {
    double mean = sum(x, from, to) / (to - from);
    subtract((float) mean, x, from, to);
    return mean;
  }

  private static void subtract(float value, float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = x[i] - value;
    }
  }

  private static void scale(float value, float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = x[i] * value;
    }
  }

  private static void multiply(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * y[i];
    }
  }

  /** In runs of a block, each in eight lanes of float32. */
  private static double sum(float[] x, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i += BLOCK) {
      sum += sumRun(x, i, Math.min(i + BLOCK, to));
    }
    return sum;
  }

  private static double sumRun(float[] x, int from, int to) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = from;
    for (; i <= to - 8; i += 8) {
      s0 += x[i];
      s1 += x[i + 1];
      s2 += x[i + 2];
      s3 += x[i + 3];
      s4 += x[i + 4];
      s5 += x[i + 5];
      s6 += x[i + 6];
      s7 += x[i + 7];
    }
    double rest = 0;
    for (; i < to; i++) {
      rest += x[i];
    }
    return ((double) s0 + s1) + ((double) s2 + s3) + ((double) s4 + s5) + ((double) s6 + s7) + rest;
  }

  private static double squares(float[] x, int from, int to) {
    return products(x, x, from, to);
  }

  private static double products(float[] x, float[] y, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i += BLOCK) {
      sum += productsRun(x, y, i, Math.min(i + BLOCK, to));
    }
    return sum;
  }

  private static double productsRun(float[] x, float[] y, int from, int to) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int i = from;
    for (; i <= to - 8; i += 8) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
      s4 += x[i + 4] * y[i + 4];
      s5 += x[i + 5] * y[i + 5];
      s6 += x[i + 6] * y[i + 6];
      s7 += x[i + 7] * y[i + 7];
    }
    double rest = 0;
    for (; i < to; i++) {
      rest += (double) x[i] * y[i];
    }
    return ((double) s0 + s1) + ((double) s2 + s3) + ((double) s4 + s5) + ((double) s6 + s7) + rest;
  }

  void normalizeRowsGradient(
      Buffer source,
      Buffer upstream,
      int rows,
      int columns,
      boolean centred,
      double[] means,
      double[] inverses,
      @Nullable Buffer gain,
      @Nullable Buffer target,
      double[] sums,
      double[] products) {
    Arrays.fill(sums, 0, columns, 0);
    Arrays.fill(products, 0, columns, 0);
    if (rows == 0) {
      return;
    }
    int size = blockSize(rows, columns);
    int all = rows * columns;
    reserve(size);
    Arrays.fill(first, 0, size, 0);
    Arrays.fill(second, 0, size, 0);
    if (gain != null) {
      repeat(gain, columns, third, size);
    }
    for (int i = 0, row = 0, blocks = 1; i < all; i += size, blocks++) {
      int n = Math.min(size, all - i);
      source.read(i, x, 0, n);
      upstream.read(i, dy, 0, n);
      for (int from = 0; from < n; from += columns) {
        int r = row + from / columns;
        normalize((float) means[r], (float) inverses[r], x, from, from + columns);
      }
      addRow(first, second, dy, x, n);
      if (blocks % BLOCKS_IN_FLOAT == 0 || i + size >= all) {
        fold(first, size, columns, fourth, sums);
        fold(second, size, columns, fourth, products);
      }
      if (target != null) {
        if (gain != null) {
          multiply(dy, third, n);
        }
        for (int from = 0; from < n; from += columns) {
          int to = from + columns;
          float inverse = (float) inverses[row + from / columns];
          float mean = centred ? (float) (sum(dy, from, to) / columns) : 0;
          float slope = (float) (products(dy, x, from, to) / columns);
          descend(inverse, mean, slope, dy, x, from, to);
        }
        target.write(i, dy, 0, n);
      }
      row += n / columns;
    }
  }

  private static void normalize(float mean, float inverse, float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = (x[i] - mean) * inverse;
    }
  }

  private static void addRow(float[] sums, float[] products, float[] dy, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] = sums[i] + dy[i];
      products[i] = products[i] + dy[i] * x[i];
    }
  }

  private static void descend(
      float inverse, float mean, float slope, float[] dy, float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      dy[i] = inverse * (dy[i] - mean - slope * x[i]);
    }
  }
}
