package io.lockstep.worker.engine.kernel;

import io.lockstep.worker.engine.kernel.Kernel.Target;

/**
 * The transforms of minimal filtering over tiles of 6 x 6 pixels: F(4 x 4, 3 x 3) and F(2 x 2, 5 x
 * 5). A convolution with a window of r x r and stride 1 takes 36 multiplications for a tile of m x
 * m positions, m = 7 - r, instead of 144 (r = 3) or 100 (r = 5). Winograd (1980), "Arithmetic
 * Complexity of Computations"; Lavin and Gray (2015), "Fast Algorithms for Convolutional Neural
 * Networks", section 4.2, whose points 0, 1, -1, 2, -2 and infinity these are. With d a tile of 6 x
 * 6 pixels of a channel, m apart from the next, and w a filter of that channel,
 *
 * <pre>{@code
 * y = A' [ sum over channels of (G w G') . (B' d B) ] A
 *
 * B' = 4  0 -5  0  1  0    G = [ p^0 ... p^(r-1) ] / n    A = [ p^0 ... p^(m-1) ]
 *      0 -4 -4  1  1  0        a row for each point p:        a row for each point p;
 *      0  4 -4 -1  1  0        0, 1, -1, 2, -2 with           of infinity 0 ... 0 1
 *      0 -2 -1  2  1  0        n = 4, -6, -6, 24, 24;
 *      0  2 -1 -2  1  0        of infinity 0 ... 0 1
 *      0  4  0 -5  0  1
 * }</pre>
 *
 * where . multiplies element by element: for each of the 36 elements the sum over channels is a
 * product of matrices over all tiles. Positions beyond the output belong to the last tiles and are
 * left out. Tiles are in the order of the images, row by row.
 */
public interface Winograd {
  /** Columns, and rows, of a tile of pixels. */
  int SIDE = 6;

  /** Elements of a transformed tile. */
  int ELEMENTS = SIDE * SIDE;

  /** Whether the window's convolution can be computed so. */
  static boolean suits(Window window) {
    return (window.windowHeight() == 3 || window.windowHeight() == 5)
        && window.windowWidth() == window.windowHeight()
        && window.strideY() == 1
        && window.strideX() == 1
        && window.dilationY() == 1
        && window.dilationX() == 1;
  }

  /** Positions of a tile across, and down: how far it lies from the next. */
  static int step(Window window) {
    return SIDE + 1 - window.windowHeight();
  }

  /** Tiles of an image. */
  static int tiles(Window window) {
    return tilesDown(window) * tilesAcross(window);
  }

  /** Tiles below each other. */
  static int tilesDown(Window window) {
    return (window.outHeight() + step(window) - 1) / step(window);
  }

  /** Tiles beside each other. */
  static int tilesAcross(Window window) {
    return (window.outWidth() + step(window) - 1) / step(window);
  }

  /** G, [6][r]. */
  static double[][] filterMatrix(Window window) {
    double[] points = {0, 1, -1, 2, -2};
    double[] over = {4, -6, -6, 24, 24};
    int taps = window.windowHeight();
    double[][] g = new double[SIDE][taps];
    for (int p = 0; p < points.length; p++) {
      for (int i = 0; i < taps; i++) {
        g[p][i] = StrictMath.pow(points[p], i) / over[p];
      }
    }
    g[SIDE - 1][taps - 1] = 1;
    return g;
  }

  /**
   * u = G w G'.
   *
   * @param w [filters, r, r, channels]
   * @param u [36, filters, channels], written
   */
  void filter(Window window, int filters, Buffer w, Buffer u);

  /**
   * dw = G' du G: the gradient of {@link #filter}.
   *
   * @param du [36, filters, channels]
   * @param dw [filters, r, r, channels], written
   */
  void filterGradient(Window window, int filters, Buffer du, Buffer dw);

  /**
   * v = B' d B.
   *
   * @param x [count, height, width, channels]; the first image is at {@code offset}
   * @param v [36, count tiles, channels], written
   */
  void input(Window window, Buffer x, int offset, int count, Buffer v);

  /**
   * dd = B dv B', summed over the tiles that see a pixel: the gradient of {@link #input}.
   *
   * @param dv [36, count tiles, channels]
   * @param dx [count, height, width, channels]; the first image is at {@code offset}; written
   */
  void inputGradient(Window window, Buffer dv, int count, Buffer dx, int offset);

  /**
   * z = A' m A, or z = z + A' m A.
   *
   * @param m [36, count tiles, filters]
   * @param z [count, outHeight, outWidth, filters]
   */
  void output(Window window, int filters, Buffer m, int count, Target target, Buffer z);

  /**
   * dm = A dz A': the gradient of {@link #output}.
   *
   * @param dz [count, outHeight, outWidth, filters]
   * @param dm [36, count tiles, filters], written
   */
  void outputGradient(Window window, int filters, Buffer dz, int count, Buffer dm);
}
