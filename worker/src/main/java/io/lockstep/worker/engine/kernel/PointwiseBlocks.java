package io.lockstep.worker.engine.kernel;

/**
 * Applies a {@link Pointwise} to buffers, block by block through heap arrays of its own: how every
 * kernel implements {@link Kernel#map} and {@link Kernel#mapGradient}. Belongs to one thread.
 */
public final class PointwiseBlocks {
  /** Five arrays of 4 KiB lie in the first cache together. */
  private static final int BLOCK = 512;

  private final double[] in = new double[BLOCK];
  private final double[] upstream = new double[BLOCK];
  private final double[] out = new double[BLOCK];
  private final double[][] scratch = new double[2][BLOCK];

  /** As {@link Kernel#map}. */
  public void map(Pointwise f, Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, in, length);
      f.value(in, out, scratch, length);
      y.write(i, out, length);
    }
  }

  /** As {@link Kernel#mapGradient}. */
  public void mapGradient(Pointwise f, Buffer at, Buffer dy, Buffer dx, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      at.read(i, in, length);
      dy.read(i, upstream, length);
      f.gradient(in, upstream, out, scratch, length);
      dx.write(i, out, length);
    }
  }
}
