package io.lockstep.worker.engine.initializer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * gain Q, with Q an orthogonal matrix drawn evenly from all of them (Saxe, McClelland, Ganguli
 * 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"): Q
 * R = a matrix of standard normal numbers, by Householder's reflections, each column of Q with the
 * sign that makes R's diagonal positive (Mezzadri 2007, section 5). A tensor of shape [a, b, c,
 * ...] is the matrix [a, b c ...]; where it is no square, its rows or its columns, whichever are
 * fewer, are orthonormal.
 *
 * <p>In plain double arithmetic in a fixed order: the same bits on every machine.
 */
public final class Orthogonal implements Initializer {
  private static final Key<Double> GAIN =
      Key.number("gain", 1.0, Range.POSITIVE, "what the orthogonal matrix is multiplied with");

  static final Registry.Entry<Initializer> ENTRY =
      new Registry.Entry<>(
          "orthogonal",
          "a random orthogonal matrix, [first extent, all others] (Saxe et al. 2014)",
          List.of(GAIN),
          Orthogonal::new);

  /** About ten seconds of work. */
  private static final double MOST_PRODUCTS = 1L << 32;

  private final Options section;
  private final double gain;

  private Orthogonal(Options section) {
    this.section = section;
    this.gain = section.get(GAIN);
  }

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public void check(List<Integer> shape) {
    if (shape.size() < 2) {
      throw section.error(
          "orthogonal needs a tensor of two extents or more, got " + shape + "; use normal");
    }
    double most = Math.max(rows(shape), columns(shape));
    double fewest = Math.min(rows(shape), columns(shape));
    if (most * fewest * fewest > MOST_PRODUCTS) {
      throw section.error(
          "orthogonal takes matrices up to 2^32 products, fewer extent squared times the other, got "
              + shape
              + "; use xavier-normal, which is nearly orthogonal at such sizes");
    }
  }

  private static int rows(List<Integer> shape) {
    return shape.get(0);
  }

  private static int columns(List<Integer> shape) {
    return shape.subList(1, shape.size()).stream().reduce(1, Math::multiplyExact);
  }

  @Override
  public IntToDoubleFunction values(
      RandomStream random, List<Integer> shape, int fanIn, int fanOut) {
    int rows = rows(shape);
    int columns = columns(shape);
    boolean tall = rows >= columns;
    int m = Math.max(rows, columns);
    int n = Math.min(rows, columns);
    double[][] a = new double[m][n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = random.normal((long) i * n + j);
      }
    }
    double[][] q = orthonormalColumns(a, m, n);
    double[] values = new double[m * n];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        values[r * columns + c] = gain * (tall ? q[r][c] : q[c][r]);
      }
    }
    return element -> values[element];
  }

  /**
   * The Q of A = Q R with a positive diagonal of R.
   *
   * @param a [m, n], m at least n; overwritten
   * @return [m, n]
   */
  private static double[][] orthonormalColumns(double[][] a, int m, int n) {
    double[][] reflections = new double[n][];
    double[] signs = new double[n];
    double[] products = new double[n];
    for (int k = 0; k < n; k++) {
      double[] v = new double[m];
      double square = 0;
      for (int i = k; i < m; i++) {
        v[i] = a[i][k];
        square += v[i] * v[i];
      }
      signs[k] = v[k] > 0 ? -1 : 1; // R's diagonal is -norm where the column begins above 0
      v[k] -= signs[k] * Math.sqrt(square);
      normalize(v, k);
      reflections[k] = v;
      reflect(v, k, a, products);
    }
    double[][] q = new double[m][n];
    for (int k = 0; k < n; k++) {
      q[k][k] = signs[k];
    }
    for (int k = n - 1; k >= 0; k--) {
      reflect(reflections[k], k, q, products);
    }
    return q;
  }

  /** v = v / |v|; a column that needs no reflection is one of zeros, and stays. */
  private static void normalize(double[] v, int from) {
    double square = 0;
    for (int i = from; i < v.length; i++) {
      square += v[i] * v[i];
    }
    double norm = Math.sqrt(square);
    for (int i = from; norm > 0 && i < v.length; i++) {
      v[i] /= norm;
    }
  }

  /** A = A - 2 v (v' A), by rows, which C2 vectorises. */
  private static void reflect(double[] v, int from, double[][] a, double[] products) {
    java.util.Arrays.fill(products, 0);
    for (int i = from; i < a.length; i++) {
      addScaled(products, v[i], a[i]);
    }
    for (int i = from; i < a.length; i++) {
      addScaled(a[i], -2 * v[i], products);
    }
  }

  private static void addScaled(double[] y, double scale, double[] x) {
    for (int j = 0; j < y.length; j++) {
      y[j] += scale * x[j];
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
