package io.lockstep.common.optim;

import java.util.ArrayDeque;

/**
 * The nearest orthogonal matrix, nearly: Newton-Schulz iterations of a quintic polynomial (Jordan
 * et al. 2024, "Muon: an optimizer for hidden layers in neural networks"), in float32 throughout.
 *
 * <pre>
 * X = G / max(|G|, epsilon)                Frobenius norm, in double; G^T where G is higher than wide
 * A = X X^T                                iterations times
 * B = b A + c A A
 * X = a X + B X
 * G = X                                    or X^T
 * </pre>
 *
 * With the usual a, b, c = 3.4445, -4.7750, 2.0315 five iterations bring all singular values that
 * are not tiny into [0.7, 1.2]. An iteration on [r, c] with r at most c costs r^2 c + r^3 + 2 r^2 c
 * multiplications and additions; X X^T and A A are symmetric, and half of each is computed.
 *
 * <p>Safe for several threads: each takes a workspace, of which there are never more than were in
 * use at once, each as large as the largest matrix that it has seen.
 */
final class NewtonSchulz {
  private final int iterations;
  private final float a;
  private final float b;
  private final float c;
  private final double epsilon;
  private final ArrayDeque<Workspace> free = new ArrayDeque<>();

  /**
   * @param coefficients a, b, c
   * @param epsilon the least norm that a matrix is divided by
   */
  NewtonSchulz(int iterations, double[] coefficients, double epsilon) {
    this.iterations = iterations;
    this.a = (float) coefficients[0];
    this.b = (float) coefficients[1];
    this.c = (float) coefficients[2];
    this.epsilon = epsilon;
  }

  /** Floats of the workspace for a matrix. */
  static long workspace(int rows, int columns) {
    long low = Math.min(rows, columns);
    long wide = Math.max(rows, columns);
    return 3 * low * wide + 2 * low * low;
  }

  /**
   * Brings a matrix near to the orthogonal one.
   *
   * @param matrix [rows, columns], row-major, updated in place
   */
  void orthogonalize(int rows, int columns, float[] matrix) {
    Workspace work = take();
    work.makeRoom(Math.min(rows, columns), Math.max(rows, columns));
    float scale =
        (float) (1 / Math.max(Math.sqrt(ChunkSums.squares(matrix, rows * columns)), epsilon));
    work.load(rows, columns, matrix, scale);
    for (int i = 0; i < iterations; i++) {
      iterate(work, Math.min(rows, columns), Math.max(rows, columns));
    }
    work.store(rows, columns, matrix);
    give(work);
  }

  private void iterate(Workspace work, int low, int wide) {
    RowMatrix.transpose(low, wide, work.x, work.transposed);
    RowMatrix.multiplySymmetric(low, wide, work.x, work.transposed, work.gram);
    RowMatrix.multiplySymmetric(low, low, work.gram, work.gram, work.square);
    for (int i = 0; i < low; i++) {
      combine(low, work.square[i], c, work.gram[i], b);
    }
    RowMatrix.multiply(low, low, wide, work.square, work.x, work.next);
    for (int i = 0; i < low; i++) {
      combine(wide, work.next[i], 1, work.x[i], a);
    }
    work.swap();
  }

  /** {@code x = keep x + add y}. */
  private static void combine(int n, float[] x, float keep, float[] y, float add) {
    for (int j = 0; j < n; j++) {
      x[j] = keep * x[j] + add * y[j];
    }
  }

  private Workspace take() {
    synchronized (free) {
      return free.isEmpty() ? new Workspace() : free.pop();
    }
  }

  private void give(Workspace work) {
    synchronized (free) {
      free.push(work);
    }
  }

  /** Room for one matrix with at most as many rows as columns, and for what is made of it. */
  private static final class Workspace {
    private float[][] x = new float[0][0];
    private float[][] next = new float[0][0];
    private float[][] transposed = new float[0][0];
    private float[][] gram = new float[0][0];
    private float[][] square = new float[0][0];
    private int low;
    private int wide;

    void makeRoom(int rows, int columns) {
      if (rows <= low && columns <= wide) {
        return;
      }
      low = Math.max(low, rows);
      wide = Math.max(wide, columns);
      x = new float[low][wide];
      next = new float[low][wide];
      transposed = new float[wide][low];
      gram = new float[low][low];
      square = new float[low][low];
    }

    void load(int rows, int columns, float[] matrix, float scale) {
      if (rows > columns) {
        for (int i = 0; i < columns; i++) {
          for (int j = 0; j < rows; j++) {
            x[i][j] = scale * matrix[j * columns + i];
          }
        }
      } else {
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            x[i][j] = scale * matrix[i * columns + j];
          }
        }
      }
    }

    void store(int rows, int columns, float[] matrix) {
      if (rows > columns) {
        for (int j = 0; j < rows; j++) {
          for (int i = 0; i < columns; i++) {
            matrix[j * columns + i] = x[i][j];
          }
        }
      } else {
        for (int i = 0; i < rows; i++) {
          System.arraycopy(x[i], 0, matrix, i * columns, columns);
        }
      }
    }

    void swap() {
      float[][] before = x;
      x = next;
      next = before;
    }
  }
}
