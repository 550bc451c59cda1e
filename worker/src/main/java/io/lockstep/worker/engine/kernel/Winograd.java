package io.lockstep.worker.engine.kernel;

import io.lockstep.worker.engine.kernel.Kernel.Target;

/**
 * The transforms of the minimal filtering F(2 x 2, 3 x 3): a convolution with a window of 3 x 3 and
 * stride 1 takes 16 multiplications for a tile of 2 x 2 positions instead of 36. Winograd (1980),
 * "Arithmetic Complexity of Computations"; Lavin and Gray (2015), "Fast Algorithms for
 * Convolutional Neural Networks", section 4.1. With d a tile of 4 x 4 pixels of a channel, two
 * apart from the next, and w a filter of that channel,
 *
 * <pre>{@code
 * y = A' [ sum over channels of (G w G') . (B' d B) ] A
 *
 * B' = 1  0 -1  0    G =  1    0    0     A' = 1  1  1  0
 *      0  1  1  0        1/2  1/2  1/2         0  1 -1 -1
 *      0 -1  1  0        1/2 -1/2  1/2
 *      0  1  0 -1         0    0    1
 * }</pre>
 *
 * where . multiplies element by element: for each of the 16 elements the sum over channels is a
 * product of matrices over all tiles. Positions beyond the output belong to the last tiles and are
 * left out. Tiles are in the order of the images, row by row.
 */
public interface Winograd {
  /** Elements of a transformed tile. */
  int ELEMENTS = 16;

  /** Whether the window's convolution can be computed so. */
  static boolean suits(Window window) {
    return window.windowHeight() == 3
        && window.windowWidth() == 3
        && window.strideY() == 1
        && window.strideX() == 1
        && window.dilationY() == 1
        && window.dilationX() == 1;
  }

  /** Tiles of an image. */
  static int tiles(Window window) {
    return tilesDown(window) * tilesAcross(window);
  }

  /** Tiles below each other. */
  static int tilesDown(Window window) {
    return (window.outHeight() + 1) / 2;
  }

  /** Tiles beside each other. */
  static int tilesAcross(Window window) {
    return (window.outWidth() + 1) / 2;
  }

  /**
   * u = G w G'.
   *
   * @param w [filters, 3, 3, channels]
   * @param u [16, filters, channels], written
   */
  void filter(int filters, int channels, Buffer w, Buffer u);

  /**
   * dw = G' du G: the gradient of {@link #filter}.
   *
   * @param du [16, filters, channels]
   * @param dw [filters, 3, 3, channels], written
   */
  void filterGradient(int filters, int channels, Buffer du, Buffer dw);

  /**
   * v = B' d B.
   *
   * @param x [count, height, width, channels]; the first image is at {@code offset}
   * @param v [16, count tiles, channels], written
   */
  void input(Window window, Buffer x, int offset, int count, Buffer v);

  /**
   * dd = B dv B', summed over the tiles that see a pixel: the gradient of {@link #input}.
   *
   * @param dv [16, count tiles, channels]
   * @param dx [count, height, width, channels]; the first image is at {@code offset}; written
   */
  void inputGradient(Window window, Buffer dv, int count, Buffer dx, int offset);

  /**
   * z = A' m A, or z = z + A' m A.
   *
   * @param m [16, count tiles, filters]
   * @param z [count, outHeight, outWidth, filters]
   */
  void output(Window window, int filters, Buffer m, int count, Target target, Buffer z);

  /**
   * dm = A dz A': the gradient of {@link #output}.
   *
   * @param dz [count, outHeight, outWidth, filters]
   * @param dm [16, count tiles, filters], written
   */
  void outputGradient(Window window, int filters, Buffer dz, int count, Buffer dm);
}
