package io.lockstep.deploy.bench.rules;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import java.util.ArrayList;
import java.util.List;

/**
 * What memory gives: a pass in place over the chunks of as many arrays as a rule has, which reads
 * one and updates the others with an addition each.
 */
public final class PlainPass implements Runnable {
  /** Most arrays that are written. */
  static final int MOST_WRITTEN = 5;

  private final List<float[][]> chunks = new ArrayList<>();
  private final int written;

  /**
   * A pass over new arrays.
   *
   * @param written arrays that are read and written, 1 to 5; one more is only read
   */
  public PlainPass(Layout layout, int written) {
    if (written < 1 || written > MOST_WRITTEN) {
      throw new IllegalArgumentException("written must be in 1..5, got " + written);
    }
    this.written = written;
    for (Chunk chunk : layout.chunks()) {
      float[][] arrays = new float[written + 1][];
      for (int a = 0; a <= written; a++) {
        arrays[a] = RuleUpdate.values(chunk, a);
      }
      chunks.add(arrays);
    }
  }

  /** Bytes that the pass moves an element. */
  public static int bytes(int written) {
    return Float.BYTES * (2 * written + 1);
  }

  @Override
  public void run() {
    for (float[][] a : chunks) {
      switch (written) {
        case 1 -> pass(a[0].length, a[0], a[1]);
        case 2 -> pass(a[0].length, a[0], a[1], a[2]);
        case 3 -> pass(a[0].length, a[0], a[1], a[2], a[3]);
        case 4 -> pass(a[0].length, a[0], a[1], a[2], a[3], a[4]);
        default -> pass(a[0].length, a[0], a[1], a[2], a[3], a[4], a[5]);
      }
    }
  }

  private static void pass(int n, float[] read, float[] a) {
    for (int i = 0; i < n; i++) {
      float x = 1e-6f * read[i];
      a[i] += x;
    }
  }

  private static void pass(int n, float[] read, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      float x = 1e-6f * read[i];
      a[i] += x;
      b[i] += x;
    }
  }

  private static void pass(int n, float[] read, float[] a, float[] b, float[] c) {
    for (int i = 0; i < n; i++) {
      float x = 1e-6f * read[i];
      a[i] += x;
      b[i] += x;
      c[i] += x;
    }
  }

  private static void pass(int n, float[] read, float[] a, float[] b, float[] c, float[] d) {
    for (int i = 0; i < n; i++) {
      float x = 1e-6f * read[i];
      a[i] += x;
      b[i] += x;
      c[i] += x;
      d[i] += x;
    }
  }

  private static void pass(
      int n, float[] read, float[] a, float[] b, float[] c, float[] d, float[] e) {
    for (int i = 0; i < n; i++) {
      float x = 1e-6f * read[i];
      a[i] += x;
      b[i] += x;
      c[i] += x;
      d[i] += x;
      e[i] += x;
    }
  }
}
