package io.lockstep.worker.engine.kernel;

/**
 * A function of one number and of a learned one, y = f(x, p), with both derivatives, given over
 * blocks in double as {@link Pointwise} is. Immutable, shared by threads.
 */
public interface Parametric {
  /**
   * y = f(x, p).
   *
   * @param x [n]; not modified
   * @param p [n], the learned number that goes with each x; not modified
   * @param y [n], written; another array than the others
   * @param scratch [2][n], for the function's own use
   */
  void value(double[] x, double[] p, double[] y, double[][] scratch, int n);

  /**
   * dx = dy df/dx and dp = dy df/dp.
   *
   * @param x [n]; not modified
   * @param p [n]; not modified
   * @param dy [n]; not modified
   * @param dx [n], written; another array than the others
   * @param dp [n], written, a number for each x; another array than the others
   * @param scratch [2][n], for the function's own use
   */
  void gradient(
      double[] x, double[] p, double[] dy, double[] dx, double[] dp, double[][] scratch, int n);

  /** As {@link Pointwise#kinks}: inputs at which a derivative jumps, whatever p is. */
  default double[] kinks() {
    return new double[0];
  }
}
