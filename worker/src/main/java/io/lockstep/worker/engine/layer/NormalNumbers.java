package io.lockstep.worker.engine.layer;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.kernel.Buffer;

/**
 * Standard normal numbers for the examples of a slice, from counters: element i of the slice
 * follows from (seed, layer, step, stream) and i, so it does not depend on who computes the slice.
 */
final class NormalNumbers {
  private static final int BLOCK = 512;

  private final double[] block = new double[BLOCK];

  /**
   * Draws.
   *
   * @param layer the layer's number
   * @param target [n] receives them
   */
  void draw(Pass pass, int layer, Buffer target, int n) {
    RandomStream random =
        RandomStream.of(pass.seed(), Purpose.NOISE, layer, pass.step(), pass.stream());
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      for (int j = 0; j < length; j++) {
        block[j] = random.normal((long) i + j);
      }
      target.write(i, block, length);
    }
  }
}
