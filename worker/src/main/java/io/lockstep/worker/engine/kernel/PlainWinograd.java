package io.lockstep.worker.engine.kernel;

import io.lockstep.worker.engine.kernel.Kernel.Target;

/** The clear form: products with the matrices of the paper, tile by tile and channel by channel. */
final class PlainWinograd implements Winograd {
  private static final double[][] B_TRANSPOSED = {
    {4, 0, -5, 0, 1, 0},
    {0, -4, -4, 1, 1, 0},
    {0, 4, -4, -1, 1, 0},
    {0, -2, -1, 2, 1, 0},
    {0, 2, -1, -2, 1, 0},
    {0, 4, 0, -5, 0, 1}
  };

  private static final double[] POINTS = {0, 1, -1, 2, -2};

  /** A, [6][step]. */
  private static double[][] a(Window window) {
    int step = Winograd.step(window);
    double[][] a = new double[SIDE][step];
    for (int p = 0; p < POINTS.length; p++) {
      for (int i = 0; i < step; i++) {
        a[p][i] = StrictMath.pow(POINTS[p], i);
      }
    }
    a[SIDE - 1][step - 1] = 1;
    return a;
  }

  @Override
  public void filter(Window window, int filters, Buffer w, Buffer u) {
    double[][] g = Winograd.filterMatrix(window);
    int channels = window.channels();
    int side = window.windowHeight();
    for (int f = 0; f < filters; f++) {
      for (int c = 0; c < channels; c++) {
        double[][] tap = new double[side][side];
        for (int i = 0; i < side * side; i++) {
          tap[i / side][i % side] = w.get((f * side * side + i) * channels + c);
        }
        double[][] product = product(product(g, tap), transposed(g));
        for (int k = 0; k < ELEMENTS; k++) {
          u.set((k * filters + f) * channels + c, product[k / SIDE][k % SIDE]);
        }
      }
    }
  }

  @Override
  public void filterGradient(Window window, int filters, Buffer du, Buffer dw) {
    double[][] g = Winograd.filterMatrix(window);
    int channels = window.channels();
    int side = window.windowHeight();
    for (int f = 0; f < filters; f++) {
      for (int c = 0; c < channels; c++) {
        double[][] tile = new double[SIDE][SIDE];
        for (int k = 0; k < ELEMENTS; k++) {
          tile[k / SIDE][k % SIDE] = du.get((k * filters + f) * channels + c);
        }
        double[][] product = product(product(transposed(g), tile), g);
        for (int i = 0; i < side * side; i++) {
          dw.set((f * side * side + i) * channels + c, product[i / side][i % side]);
        }
      }
    }
  }

  @Override
  public void input(Window window, Buffer x, int offset, int count, Buffer v) {
    each(
        window,
        window.channels(),
        count,
        (tile, image, top, left, c) -> {
          double[][] d = new double[SIDE][SIDE];
          for (int i = 0; i < ELEMENTS; i++) {
            int at = pixel(window, image, top + i / SIDE, left + i % SIDE);
            d[i / SIDE][i % SIDE] = at < 0 ? 0 : x.get(offset + at * window.channels() + c);
          }
          double[][] product = product(product(B_TRANSPOSED, d), transposed(B_TRANSPOSED));
          set(v, tile, c, window, window.channels(), count, product);
        });
  }

  @Override
  public void inputGradient(Window window, Buffer dv, int count, Buffer dx, int offset) {
    for (int i = 0; i < count * window.imageSize(); i++) {
      dx.set(offset + i, 0);
    }
    each(
        window,
        window.channels(),
        count,
        (tile, image, top, left, c) -> {
          double[][] transformed = get(dv, tile, c, window, window.channels(), count);
          double[][] d = product(product(transposed(B_TRANSPOSED), transformed), B_TRANSPOSED);
          for (int i = 0; i < ELEMENTS; i++) {
            int at = pixel(window, image, top + i / SIDE, left + i % SIDE);
            if (at >= 0) {
              int element = offset + at * window.channels() + c;
              dx.set(element, dx.get(element) + d[i / SIDE][i % SIDE]);
            }
          }
        });
  }

  @Override
  public void output(Window window, int filters, Buffer m, int count, Target target, Buffer z) {
    double[][] a = a(window);
    int step = Winograd.step(window);
    each(
        window,
        filters,
        count,
        (tile, image, top, left, f) -> {
          double[][] transformed = get(m, tile, f, window, filters, count);
          double[][] y = product(product(transposed(a), transformed), a);
          for (int i = 0; i < step * step; i++) {
            int at = position(window, image, top + i / step, left + i % step);
            if (at >= 0) {
              int element = at * filters + f;
              double before = target == Target.SET ? 0 : z.get(element);
              z.set(element, before + y[i / step][i % step]);
            }
          }
        });
  }

  @Override
  public void outputGradient(Window window, int filters, Buffer dz, int count, Buffer dm) {
    double[][] a = a(window);
    int step = Winograd.step(window);
    each(
        window,
        filters,
        count,
        (tile, image, top, left, f) -> {
          double[][] y = new double[step][step];
          for (int i = 0; i < step * step; i++) {
            int at = position(window, image, top + i / step, left + i % step);
            y[i / step][i % step] = at < 0 ? 0 : dz.get(at * filters + f);
          }
          set(dm, tile, f, window, filters, count, product(product(a, y), transposed(a)));
        });
  }

  private interface Visitor {
    /** Visits a channel of a tile, whose first position is (top, left). */
    void visit(int tile, int image, int top, int left, int channel);
  }

  private static void each(Window w, int channels, int count, Visitor visitor) {
    int across = Winograd.tilesAcross(w);
    int ofImage = Winograd.tiles(w);
    int step = Winograd.step(w);
    for (int tile = 0; tile < count * ofImage; tile++) {
      int inImage = tile % ofImage;
      for (int c = 0; c < channels; c++) {
        visitor.visit(tile, tile / ofImage, inImage / across * step, inImage % across * step, c);
      }
    }
  }

  /** What a position sees first, over all images; -1 outside of the image. */
  private static int pixel(Window w, int image, int top, int left) {
    int y = top - w.padTop();
    int x = left - w.padLeft();
    boolean inside = y >= 0 && y < w.height() && x >= 0 && x < w.width();
    return inside ? (image * w.height() + y) * w.width() + x : -1;
  }

  /** A position over all images; -1 outside of the output. */
  private static int position(Window w, int image, int y, int x) {
    boolean inside = y < w.outHeight() && x < w.outWidth();
    return inside ? (image * w.outHeight() + y) * w.outWidth() + x : -1;
  }

  private static double[][] get(
      Buffer buffer, int tile, int channel, Window w, int channels, int count) {
    double[][] matrix = new double[SIDE][SIDE];
    for (int k = 0; k < ELEMENTS; k++) {
      matrix[k / SIDE][k % SIDE] =
          buffer.get((k * count * Winograd.tiles(w) + tile) * channels + channel);
    }
    return matrix;
  }

  private static void set(
      Buffer buffer, int tile, int channel, Window w, int channels, int count, double[][] matrix) {
    for (int k = 0; k < ELEMENTS; k++) {
      int element = (k * count * Winograd.tiles(w) + tile) * channels + channel;
      buffer.set(element, matrix[k / SIDE][k % SIDE]);
    }
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] c = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  private static double[][] transposed(double[][] a) {
    double[][] t = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        t[j][i] = a[i][j];
      }
    }
    return t;
  }
}
