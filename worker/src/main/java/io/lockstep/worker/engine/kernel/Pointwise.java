package io.lockstep.worker.engine.kernel;

/**
 * A function of one number and its derivative, given over blocks of numbers in double: the kernel
 * copies a block in, widened where its elements are float32, and the result out, rounded once. So a
 * function is written once for both element types, its bits depend on no processor, and its loops,
 * plain ones over heap arrays on one index, are vectorised by C2 (e^x: 0.6 to 1.1 ns a number where
 * {@link StrictMath} takes 5). Immutable, shared by threads.
 */
public interface Pointwise {
  /**
   * y = f(x).
   *
   * @param x [n]; not modified
   * @param y [n], written; another array than x
   * @param scratch [2][n], for the function's own use
   */
  void value(double[] x, double[] y, double[][] scratch, int n);

  /**
   * dx = dy f'.
   *
   * @param at [n], the outputs y where {@link #fromOutput}, else the inputs x; not modified
   * @param dy [n]; not modified
   * @param dx [n], written; another array than at and dy
   * @param scratch [2][n], for the function's own use
   */
  void gradient(double[] at, double[] dy, double[] dx, double[][] scratch, int n);

  /**
   * Inputs at which the derivative jumps, or the function itself; a check by differences leaves out
   * numbers that cross one.
   */
  default double[] kinks() {
    return new double[0];
  }

  /** Whether {@link #gradient} wants the outputs, so that the inputs need not be kept. */
  boolean fromOutput();
}
