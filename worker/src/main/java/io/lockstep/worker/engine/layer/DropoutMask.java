package io.lockstep.worker.engine.layer;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.kernel.Buffer;

/**
 * What numbers are multiplied with to drop some at a rate: 0 for those, 1 / (1 - rate) for the
 * others (Srivastava et al. 2014, in the inverted form). Number i follows from the counter i of the
 * stream (seed, layer, step, stream), so it does not depend on who computes the slice. Belongs to
 * one thread.
 */
final class DropoutMask {
  private static final int BLOCK = 2048;

  private final Site site;
  private final float rate;
  private final Buffer mask;
  private final float[] block = new float[BLOCK];

  /**
   * @param rate in [0, 1)
   * @param length numbers of the mask
   */
  DropoutMask(Site site, float rate, int length) {
    this.site = site;
    this.rate = rate;
    this.mask = site.kernel().allocate(length);
  }

  /** Draws the first n numbers for a pass. */
  void draw(Pass pass, int n) {
    RandomStream random =
        RandomStream.of(pass.seed(), Purpose.DROPOUT, site.number(), pass.step(), pass.stream());
    float kept = 1 / (1 - rate);
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      random.unitFloats(i, block, 0, length);
      for (int j = 0; j < length; j++) {
        block[j] = block[j] < rate ? 0 : kept;
      }
      mask.write(i, block, 0, length);
    }
  }

  /** The numbers last drawn. */
  Buffer numbers() {
    return mask;
  }
}
