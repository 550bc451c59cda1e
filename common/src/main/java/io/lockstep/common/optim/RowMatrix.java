package io.lockstep.common.optim;

/**
 * Products of float32 matrices in plain Java, one thread, on one core of an x86 with AVX2 at up to
 * 60 GFlop/s where they fit its cache. A matrix is an array of rows, because C2 vectorises a loop
 * only where all arrays in it have the same index; rows and matrices may be longer than what is
 * used.
 *
 * <p>Every element of a product {@code sum over k of a[i][k] b[k][j]} is summed in one order,
 * whatever the blocks: k by fours, {@code c + ((a0 b0 + a1 b1) + (a2 b2 + a3 b3))}, and what is
 * left one by one. Blocks keep 64 KiB of b in the cache.
 */
final class RowMatrix {
  private static final int BLOCK_K = 32;
  private static final int BLOCK_J = 512;

  private RowMatrix() {}

  /**
   * {@code c = a b}.
   *
   * @param a [m][n]
   * @param b [n][p]
   * @param c [m][p], overwritten; none of the others
   */
  static void multiply(int m, int n, int p, float[][] a, float[][] b, float[][] c) {
    clear(m, p, c);
    for (int j = 0; j < p; j += BLOCK_J) {
      int end = Math.min(j + BLOCK_J, p);
      for (int k = 0; k < n; k += BLOCK_K) {
        for (int i = 0; i < m; i++) {
          addRow(k, Math.min(k + BLOCK_K, n), j, end, a[i], b, c[i]);
        }
      }
    }
  }

  /**
   * {@code c = a b} where the product is known to be symmetric, as of {@code b = a^T}: half of it
   * is computed, with the bits of {@link #multiply}, and copied across the diagonal.
   *
   * @param a [m][n]
   * @param b [n][m]
   * @param c [m][m], overwritten; none of the others
   */
  static void multiplySymmetric(int m, int n, float[][] a, float[][] b, float[][] c) {
    clear(m, m, c);
    for (int j = 0; j < m; j += BLOCK_J) {
      int end = Math.min(j + BLOCK_J, m);
      for (int k = 0; k < n; k += BLOCK_K) {
        for (int i = 0; i < end; i++) {
          addRow(k, Math.min(k + BLOCK_K, n), Math.max(i, j), end, a[i], b, c[i]);
        }
      }
    }
    for (int i = 0; i < m; i++) {
      for (int j = i + 1; j < m; j++) {
        c[j][i] = c[i][j];
      }
    }
  }

  /**
   * {@code t = a^T}.
   *
   * @param a [m][n]
   * @param t [n][m], overwritten
   */
  static void transpose(int m, int n, float[][] a, float[][] t) {
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        t[j][i] = a[i][j];
      }
    }
  }

  private static void clear(int m, int p, float[][] c) {
    for (int i = 0; i < m; i++) {
      java.util.Arrays.fill(c[i], 0, p, 0f);
    }
  }

  /** {@code c[j] += sum over k of a[k] b[k][j]}, j from {@code from} to {@code to}. */
  private static void addRow(int k, int end, int from, int to, float[] a, float[][] b, float[] c) {
    int next = k;
    for (; next <= end - 4; next += 4) {
      add(
          from,
          to,
          c,
          b[next],
          b[next + 1],
          b[next + 2],
          b[next + 3],
          a[next],
          a[next + 1],
          a[next + 2],
          a[next + 3]);
    }
    for (; next < end; next++) {
      add(from, to, c, b[next], a[next]);
    }
  }

  /** Four rows at once: two rows of c in one loop, or eight of b, make C2 give up. */
  private static void add(
      int from,
      int to,
      float[] c,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float a0,
      float a1,
      float a2,
      float a3) {
    for (int j = from; j < to; j++) {
      c[j] += (a0 * b0[j] + a1 * b1[j]) + (a2 * b2[j] + a3 * b3[j]);
    }
  }

  private static void add(int from, int to, float[] c, float[] b, float a) {
    for (int j = from; j < to; j++) {
      c[j] += a * b[j];
    }
  }
}
