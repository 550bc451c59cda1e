package io.lockstep.worker.engine.kernel;

/**
 * A {@link Pointwise} that also has a form in float32, for kernels whose numbers are: of plain
 * arithmetic on heap arrays too, so its bits depend on no processor, and within a few roundings of
 * float32. For functions on which training spends much of its time: twice as many numbers fit in a
 * register, and none is widened.
 */
public interface FloatPointwise extends Pointwise {
  /**
   * y = f(x).
   *
   * @param x [n]; not modified
   * @param y [n], written; another array than x
   * @param scratch [2][n], for the function's own use
   */
  void value(float[] x, float[] y, float[][] scratch, int n);

  /**
   * dx = dy f'.
   *
   * @param at [n], the outputs y where {@link #fromOutput}, else the inputs x; not modified
   * @param dy [n]; not modified
   * @param dx [n], written; another array than at and dy
   * @param scratch [2][n], for the function's own use
   */
  void gradient(float[] at, float[] dy, float[] dx, float[][] scratch, int n);
}
