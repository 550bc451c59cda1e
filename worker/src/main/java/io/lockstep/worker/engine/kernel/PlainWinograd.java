package io.lockstep.worker.engine.kernel;

import io.lockstep.worker.engine.kernel.Kernel.Target;

/** The clear form: products with the matrices of the paper, tile by tile and channel by channel. */
final class PlainWinograd implements Winograd {
  private static final double[][] B = {{1, 0, 0, 0}, {0, 1, -1, 1}, {-1, 1, 1, 0}, {0, 0, 0, -1}};
  private static final double[][] G = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  private static final double[][] A = {{1, 0}, {1, 1}, {1, -1}, {0, -1}};

  @Override
  public void filter(int filters, int channels, Buffer w, Buffer u) {
    for (int f = 0; f < filters; f++) {
      for (int c = 0; c < channels; c++) {
        double[][] tap = new double[3][3];
        for (int i = 0; i < 9; i++) {
          tap[i / 3][i % 3] = w.get((f * 9 + i) * channels + c);
        }
        double[][] product = product(product(G, tap), transposed(G));
        for (int k = 0; k < ELEMENTS; k++) {
          u.set((k * filters + f) * channels + c, product[k / 4][k % 4]);
        }
      }
    }
  }

  @Override
  public void filterGradient(int filters, int channels, Buffer du, Buffer dw) {
    for (int f = 0; f < filters; f++) {
      for (int c = 0; c < channels; c++) {
        double[][] tile = new double[4][4];
        for (int k = 0; k < ELEMENTS; k++) {
          tile[k / 4][k % 4] = du.get((k * filters + f) * channels + c);
        }
        double[][] product = product(product(transposed(G), tile), G);
        for (int i = 0; i < 9; i++) {
          dw.set((f * 9 + i) * channels + c, product[i / 3][i % 3]);
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
          double[][] d = new double[4][4];
          for (int i = 0; i < ELEMENTS; i++) {
            int at = pixel(window, image, top + i / 4, left + i % 4);
            d[i / 4][i % 4] = at < 0 ? 0 : x.get(offset + at * window.channels() + c);
          }
          set(v, tile, c, window, window.channels(), count, product(product(transposed(B), d), B));
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
          double[][] d = product(product(B, transformed), transposed(B));
          for (int i = 0; i < ELEMENTS; i++) {
            int at = pixel(window, image, top + i / 4, left + i % 4);
            if (at >= 0) {
              int element = offset + at * window.channels() + c;
              dx.set(element, dx.get(element) + d[i / 4][i % 4]);
            }
          }
        });
  }

  @Override
  public void output(Window window, int filters, Buffer m, int count, Target target, Buffer z) {
    each(
        window,
        filters,
        count,
        (tile, image, top, left, f) -> {
          double[][] transformed = get(m, tile, f, window, filters, count);
          double[][] y = product(product(transposed(A), transformed), A);
          for (int i = 0; i < 4; i++) {
            int at = position(window, image, top + i / 2, left + i % 2);
            if (at >= 0) {
              int element = at * filters + f;
              double before = target == Target.SET ? 0 : z.get(element);
              z.set(element, before + y[i / 2][i % 2]);
            }
          }
        });
  }

  @Override
  public void outputGradient(Window window, int filters, Buffer dz, int count, Buffer dm) {
    each(
        window,
        filters,
        count,
        (tile, image, top, left, f) -> {
          double[][] y = new double[2][2];
          for (int i = 0; i < 4; i++) {
            int at = position(window, image, top + i / 2, left + i % 2);
            y[i / 2][i % 2] = at < 0 ? 0 : dz.get(at * filters + f);
          }
          set(dm, tile, f, window, filters, count, product(product(A, y), transposed(A)));
        });
  }

  private interface Visitor {
    /** Visits a channel of a tile, whose first position is (top, left). */
    void visit(int tile, int image, int top, int left, int channel);
  }

  private static void each(Window w, int channels, int count, Visitor visitor) {
    int across = Winograd.tilesAcross(w);
    int ofImage = Winograd.tiles(w);
    for (int tile = 0; tile < count * ofImage; tile++) {
      int inImage = tile % ofImage;
      for (int c = 0; c < channels; c++) {
        visitor.visit(tile, tile / ofImage, inImage / across * 2, inImage % across * 2, c);
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
    double[][] matrix = new double[4][4];
    for (int k = 0; k < ELEMENTS; k++) {
      matrix[k / 4][k % 4] =
          buffer.get((k * count * Winograd.tiles(w) + tile) * channels + channel);
    }
    return matrix;
  }

  private static void set(
      Buffer buffer, int tile, int channel, Window w, int channels, int count, double[][] matrix) {
    for (int k = 0; k < ELEMENTS; k++) {
      int element = (k * count * Winograd.tiles(w) + tile) * channels + channel;
      buffer.set(element, matrix[k / 4][k % 4]);
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
