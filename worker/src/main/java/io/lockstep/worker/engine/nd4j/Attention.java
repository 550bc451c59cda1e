package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Mask;
import java.util.Arrays;

/**
 * Attention's weights and their gradient in float32, as {@link Kernel#attentionWeights} and {@link
 * Kernel#attentionWeightsGradient} say. The scores lie with a column for each query, so that
 * maxima, sums and quotients are loops along rows of queries, which C2 vectorises; along a row of
 * scores it would have to reduce, at five times the price. Strips of {@value #STRIP} queries are
 * copied to heap arrays, a row of each key, because C2 vectorises a loop only where every array has
 * the same index (0.13 against 0.45 ns a number). Belongs to one thread.
 */
final class Attention {
  /**
   * Queries that are worked on together: rows of 256 bytes, 64 of which fill half a first cache.
   */
  private static final int STRIP = 64;

  /** Never the largest of a column, and e to it is 0. */
  private static final float UNSEEN = -Float.MAX_VALUE;

  private final float[] largest = new float[STRIP];
  private final float[] sums = new float[STRIP];
  private final float[] scratch = new float[STRIP];
  private final float[] upstream = new float[STRIP];
  private float[][] rows = new float[0][];

  void weights(double scale, Mask mask, int keys, int queries, Buffer scores, int offset) {
    reserve(keys);
    for (int first = 0; first < queries; first += STRIP) {
      int width = Math.min(STRIP, queries - first);
      Arrays.fill(largest, UNSEEN);
      for (int key = 0; key < keys; key++) {
        scores.read(offset + key * queries + first, rows[key], 0, width);
        Arrays.fill(rows[key], 0, unseen(mask, key, first, width), UNSEEN);
        largest(largest, rows[key], width);
      }
      Arrays.fill(sums, 0);
      for (int key = 0; key < keys; key++) {
        shift((float) scale, largest, rows[key], width);
        Elementary.exp(rows[key], rows[key], scratch, width);
        add(sums, rows[key], width);
      }
      invert(sums, width);
      for (int key = 0; key < keys; key++) {
        multiply(rows[key], sums, width);
        scores.write(offset + key * queries + first, rows[key], 0, width);
      }
    }
  }

  /** How many of a strip's queries, its first ones, lie before the key and do not see it. */
  private static int unseen(Mask mask, int key, int first, int width) {
    return mask == Mask.CAUSAL ? Math.max(0, Math.min(width, key - first)) : 0;
  }

  void gradient(
      double scale,
      int keys,
      int queries,
      Buffer weights,
      int offset,
      Buffer gradient,
      int gradientOffset) {
    reserve(keys);
    for (int first = 0; first < queries; first += STRIP) {
      int width = Math.min(STRIP, queries - first);
      Arrays.fill(sums, 0);
      for (int key = 0; key < keys; key++) {
        int at = key * queries + first;
        weights.read(offset + at, rows[key], 0, width);
        gradient.read(gradientOffset + at, upstream, 0, width);
        multiply(rows[key], upstream, width);
        add(sums, rows[key], width);
      }
      for (int key = 0; key < keys; key++) {
        int at = key * queries + first;
        weights.read(offset + at, scratch, 0, width);
        gradient((float) scale, rows[key], sums, scratch, width);
        gradient.write(gradientOffset + at, rows[key], 0, width);
      }
    }
  }

  private void reserve(int keys) {
    if (rows.length < keys) {
      rows = new float[keys][STRIP];
    }
  }

  private static void largest(float[] largest, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      largest[i] = Math.max(largest[i], x[i]);
    }
  }

  private static void shift(float scale, float[] largest, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = scale * (x[i] - largest[i]);
    }
  }

  private static void add(float[] sums, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] = sums[i] + x[i];
    }
  }

  private static void invert(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = 1 / x[i];
    }
  }

  private static void multiply(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * y[i];
    }
  }

  /** ds = scale (w dw - w sum): of w dw, the sums and w. */
  private static void gradient(float scale, float[] product, float[] sums, float[] w, int n) {
    for (int i = 0; i < n; i++) {
      product[i] = scale * (product[i] - w[i] * sums[i]);
    }
  }
}
