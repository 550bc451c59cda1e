package io.lockstep.worker.engine.kernel;

import io.lockstep.worker.engine.kernel.Kernel.Target;
import java.util.Arrays;

/**
 * Applies a {@link Pointwise} or a {@link Parametric} to buffers, block by block through heap
 * arrays of its own: how every kernel implements its {@code map} and {@code mapGradient}. Belongs
 * to one thread.
 */
public final class PointwiseBlocks {
  /** Five arrays of 4 KiB lie in the first cache together. */
  private static final int BLOCK = 512;

  private final double[] in = new double[BLOCK];
  private final double[] upstream = new double[BLOCK];
  private final double[] out = new double[BLOCK];
  private final double[][] scratch = new double[2][BLOCK];
  private final double[] parameter = new double[BLOCK];
  private final double[] parameterOut = new double[BLOCK];
  private double[] parameters = new double[0];
  private double[] sums = new double[0];

  /** As {@link Kernel#map(Pointwise, Buffer, Buffer, int)}. */
  public void map(Pointwise f, Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, in, length);
      f.value(in, out, scratch, length);
      y.write(i, out, length);
    }
  }

  /** As {@link Kernel#mapGradient(Pointwise, Buffer, Buffer, Buffer, int)}. */
  public void mapGradient(Pointwise f, Buffer at, Buffer dy, Buffer dx, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      at.read(i, in, length);
      dy.read(i, upstream, length);
      f.gradient(in, upstream, out, scratch, length);
      dx.write(i, out, length);
    }
  }

  /** As {@link Kernel#map(Parametric, Buffer, Buffer, Buffer, int)}. */
  public void map(Parametric f, Buffer x, Buffer p, Buffer y, int n) {
    take(p);
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, in, length);
      spread(i, p.length(), length);
      f.value(in, parameter, out, scratch, length);
      y.write(i, out, length);
    }
  }

  /**
   * As {@link Kernel#mapGradient(Parametric, Buffer, Buffer, Buffer, Buffer, Target, Buffer, int)}.
   */
  public void mapGradient(
      Parametric f, Buffer x, Buffer p, Buffer dy, Buffer dx, Target target, Buffer dp, int n) {
    int k = p.length();
    take(p);
    Arrays.fill(sums, 0, k, 0);
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, in, length);
      dy.read(i, upstream, length);
      spread(i, k, length);
      f.gradient(in, parameter, upstream, out, parameterOut, scratch, length);
      dx.write(i, out, length);
      gather(i, k, length);
    }
    for (int j = 0; j < k; j++) {
      dp.set(j, target == Target.SET ? sums[j] : dp.get(j) + sums[j]);
    }
  }

  private void take(Buffer p) {
    if (parameters.length < p.length()) {
      parameters = new double[p.length()];
      sums = new double[p.length()];
    }
    p.read(0, parameters, p.length());
  }

  /** parameter[j] = parameters[(from + j) mod k], by whole runs. */
  private void spread(int from, int k, int length) {
    if (k == 1) {
      Arrays.fill(parameter, 0, length, parameters[0]);
      return;
    }
    int run;
    for (int j = 0; j < length; j += run) {
      int first = (from + j) % k;
      run = Math.min(k - first, length - j);
      System.arraycopy(parameters, first, parameter, j, run);
    }
  }

  /** sums[(from + j) mod k] += parameterOut[j]. */
  private void gather(int from, int k, int length) {
    int at = from % k;
    for (int j = 0; j < length; j++) {
      sums[at] += parameterOut[j];
      at = at + 1 == k ? 0 : at + 1;
    }
  }
}
