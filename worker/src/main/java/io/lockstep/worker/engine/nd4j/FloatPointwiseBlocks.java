package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.FloatPointwise;

/** Applies a {@link FloatPointwise} block by block, through heap arrays. Belongs to one thread. */
final class FloatPointwiseBlocks {
  /** Five arrays of 4 KiB lie in the first cache together. */
  private static final int BLOCK = 1024;

  private final float[] in = new float[BLOCK];
  private final float[] upstream = new float[BLOCK];
  private final float[] out = new float[BLOCK];
  private final float[][] scratch = new float[2][BLOCK];

  void map(FloatPointwise f, Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, in, 0, length);
      f.value(in, out, scratch, length);
      y.write(i, out, 0, length);
    }
  }

  void mapGradient(FloatPointwise f, Buffer at, Buffer dy, Buffer dx, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      at.read(i, in, 0, length);
      dy.read(i, upstream, 0, length);
      f.gradient(in, upstream, out, scratch, length);
      dx.write(i, out, 0, length);
    }
  }
}
