package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Window;
import io.lockstep.worker.engine.kernel.Winograd;
import java.util.Arrays;

/**
 * The transforms a row of tiles at a time. A row of pixels lies in four planes, the numbers that
 * the tiles see first, second, third and fourth, each an array of its own: C2 vectorises loops over
 * several arrays on one index, and leaves loops with different offsets alone, which takes five
 * times as long. Belongs to one thread.
 */
final class RowWinograd implements Winograd {
  /** Columns, and rows, of a tile of pixels. */
  private static final int SIDE = 4;

  private float[] raw = new float[0];
  private float[] flat = new float[0];
  private float[] shifted = new float[0];
  private final float[] small = new float[12];
  private float[][] image = new float[0][0];
  private float[][] half = new float[0][0];
  private float[][] tiles = new float[0][0];

  @Override
  public void filter(int filters, int channels, Buffer w, Buffer u) {
    int n = filters * 9 * channels;
    raw = Images.reserve(raw, n);
    flat = Images.reserve(flat, ELEMENTS * filters * channels);
    w.read(0, raw, 0, n);
    for (int f = 0; f < filters; f++) {
      for (int c = 0; c < channels; c++) {
        int from = f * 9 * channels + c;
        for (int x = 0; x < 3; x++) {
          float top = raw[from + x * channels];
          float middle = raw[from + (3 + x) * channels];
          float bottom = raw[from + (6 + x) * channels];
          small[x] = top;
          small[3 + x] = 0.5f * (top + middle + bottom);
          small[6 + x] = 0.5f * (top - middle + bottom);
          small[9 + x] = bottom;
        }
        for (int y = 0; y < 4; y++) {
          float left = small[3 * y];
          float middle = small[3 * y + 1];
          float right = small[3 * y + 2];
          int to = (4 * y * filters + f) * channels + c;
          int next = filters * channels;
          flat[to] = left;
          flat[to + next] = 0.5f * (left + middle + right);
          flat[to + 2 * next] = 0.5f * (left - middle + right);
          flat[to + 3 * next] = right;
        }
      }
    }
    u.write(0, flat, 0, ELEMENTS * filters * channels);
  }

  @Override
  public void filterGradient(int filters, int channels, Buffer du, Buffer dw) {
    int n = filters * 9 * channels;
    raw = Images.reserve(raw, n);
    flat = Images.reserve(flat, ELEMENTS * filters * channels);
    du.read(0, flat, 0, ELEMENTS * filters * channels);
    int next = filters * channels;
    for (int f = 0; f < filters; f++) {
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < 4; y++) {
          int from = (4 * y * filters + f) * channels + c;
          float sum = 0.5f * (flat[from + next] + flat[from + 2 * next]);
          small[3 * y] = flat[from] + sum;
          small[3 * y + 1] = 0.5f * (flat[from + next] - flat[from + 2 * next]);
          small[3 * y + 2] = sum + flat[from + 3 * next];
        }
        int to = f * 9 * channels + c;
        for (int x = 0; x < 3; x++) {
          float sum = 0.5f * (small[3 + x] + small[6 + x]);
          raw[to + x * channels] = small[x] + sum;
          raw[to + (3 + x) * channels] = 0.5f * (small[3 + x] - small[6 + x]);
          raw[to + (6 + x) * channels] = sum + small[9 + x];
        }
      }
    }
    dw.write(0, raw, 0, n);
  }

  @Override
  public void input(Window w, Buffer x, int offset, int count, Buffer v) {
    int channels = w.channels();
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * channels;
    int rows = 2 * down + 2;
    reserve(rows * SIDE, run, (2 * across + 2) * channels);
    Arrays.fill(raw, 0, (2 * across + 2) * channels, 0);
    clear(image, rows * SIDE, run);
    int left = w.padLeft() * channels;
    int seen = Math.min(w.width(), 2 * across + 2 - w.padLeft()) * channels;
    for (int i = 0; i < count; i++) {
      for (int y = 0; y < w.height() && w.padTop() + y < rows; y++) {
        x.read(offset + (i * w.height() + y) * w.width() * channels, raw, left, seen);
        for (int plane = 0; plane < SIDE; plane++) {
          split(raw, plane * channels, image[(w.padTop() + y) * SIDE + plane], across, channels);
        }
      }
      for (int ty = 0; ty < down; ty++) {
        inputTiles(2 * ty * SIDE, run);
        for (int k = 0; k < ELEMENTS; k++) {
          v.write((k * count * down + i * down + ty) * run, tiles[k], 0, run);
        }
      }
    }
  }

  /** B' d B of a row of tiles: down, plane by plane, then across. */
  private void inputTiles(int first, int n) {
    for (int plane = 0; plane < SIDE; plane++) {
      differences(
          image[first + plane],
          image[first + SIDE + plane],
          image[first + 2 * SIDE + plane],
          image[first + 3 * SIDE + plane],
          half[plane],
          half[SIDE + plane],
          half[2 * SIDE + plane],
          half[3 * SIDE + plane],
          n);
    }
    for (int row = 0; row < ELEMENTS; row += SIDE) {
      differences(
          half[row],
          half[row + 1],
          half[row + 2],
          half[row + 3],
          tiles[row],
          tiles[row + 1],
          tiles[row + 2],
          tiles[row + 3],
          n);
    }
  }

  /**
   * B' of the paper: t0 = d0 - d2, t1 = d1 + d2, t2 = d2 - d1, t3 = d1 - d3. In two loops: C2
   * leaves long ones alone.
   */
  private static void differences(
      float[] d0,
      float[] d1,
      float[] d2,
      float[] d3,
      float[] t0,
      float[] t1,
      float[] t2,
      float[] t3,
      int n) {
    for (int i = 0; i < n; i++) {
      t0[i] = d0[i] - d2[i];
      t1[i] = d1[i] + d2[i];
    }
    for (int i = 0; i < n; i++) {
      t2[i] = d2[i] - d1[i];
      t3[i] = d1[i] - d3[i];
    }
  }

  @Override
  public void inputGradient(Window w, Buffer dv, int count, Buffer dx, int offset) {
    int channels = w.channels();
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * channels;
    int rows = 2 * down + 2;
    int left = w.padLeft() * channels;
    int width = w.width() * channels;
    reserve(rows * SIDE, run + channels, Math.max((2 * across + 2) * channels, left + width));
    for (int i = 0; i < count; i++) {
      clear(image, rows * SIDE, run + channels);
      for (int ty = 0; ty < down; ty++) {
        for (int k = 0; k < ELEMENTS; k++) {
          dv.read((k * count * down + i * down + ty) * run, tiles[k], 0, run);
        }
        inputTilesGradient(2 * ty * SIDE, run);
      }
      Arrays.fill(raw, 0, left + width, 0);
      for (int y = 0; y < w.height(); y++) {
        if (w.padTop() + y < rows) {
          joinGradient((w.padTop() + y) * SIDE, across, channels);
        } else {
          Arrays.fill(raw, 0, left + width, 0);
        }
        dx.write(offset + (i * w.height() + y) * width, raw, left, width);
      }
    }
  }

  /** B dv B' of a row of tiles, across, then down, added to the image's rows. */
  private void inputTilesGradient(int first, int n) {
    for (int row = 0; row < ELEMENTS; row += SIDE) {
      clear(half, row, row + SIDE, n);
      differencesGradient(
          tiles[row],
          tiles[row + 1],
          tiles[row + 2],
          tiles[row + 3],
          half[row],
          half[row + 1],
          half[row + 2],
          half[row + 3],
          n);
    }
    for (int plane = 0; plane < SIDE; plane++) {
      differencesGradient(
          half[plane],
          half[SIDE + plane],
          half[2 * SIDE + plane],
          half[3 * SIDE + plane],
          image[first + plane],
          image[first + SIDE + plane],
          image[first + 2 * SIDE + plane],
          image[first + 3 * SIDE + plane],
          n);
    }
  }

  /** The gradient of {@link #differences}, added. */
  private static void differencesGradient(
      float[] t0,
      float[] t1,
      float[] t2,
      float[] t3,
      float[] d0,
      float[] d1,
      float[] d2,
      float[] d3,
      int n) {
    for (int i = 0; i < n; i++) {
      d0[i] = d0[i] + t0[i];
      d3[i] = d3[i] - t3[i];
    }
    for (int i = 0; i < n; i++) {
      d1[i] = d1[i] + (t1[i] - t2[i] + t3[i]);
    }
    for (int i = 0; i < n; i++) {
      d2[i] = d2[i] + (t1[i] + t2[i] - t0[i]);
    }
  }

  /** The row of pixels whose planes begin here: the third and fourth lie one pair further on. */
  private void joinGradient(int first, int across, int channels) {
    int run = across * channels;
    for (int odd = 0; odd < 2; odd++) {
      float[] plane = image[first + odd];
      Arrays.fill(plane, run, run + channels, 0);
      Arrays.fill(shifted, 0, channels, 0);
      System.arraycopy(image[first + 2 + odd], 0, shifted, channels, run);
      add(shifted, plane, run + channels);
      join(plane, raw, odd * channels, across + 1, channels);
    }
  }

  @Override
  public void output(Window w, int filters, Buffer m, int count, Target target, Buffer z) {
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * filters;
    int width = w.outWidth() * filters;
    reserve(2, run, 2 * run);
    for (int i = 0; i < count; i++) {
      for (int ty = 0; ty < down; ty++) {
        for (int k = 0; k < ELEMENTS; k++) {
          m.read((k * count * down + i * down + ty) * run, tiles[k], 0, run);
        }
        for (int plane = 0; plane < SIDE; plane++) {
          sums(
              tiles[plane],
              tiles[SIDE + plane],
              tiles[2 * SIDE + plane],
              tiles[3 * SIDE + plane],
              half[plane],
              half[SIDE + plane],
              run);
        }
        for (int r = 0; r < 2 && 2 * ty + r < w.outHeight(); r++) {
          int row = r * SIDE;
          sums(half[row], half[row + 1], half[row + 2], half[row + 3], image[0], image[1], run);
          join(image[0], raw, 0, across, filters);
          join(image[1], raw, filters, across, filters);
          int at = (i * w.outHeight() + 2 * ty + r) * width;
          if (target == Target.ADD) {
            z.read(at, shifted, 0, width);
            add(shifted, raw, width);
          }
          z.write(at, raw, 0, width);
        }
      }
    }
  }

  /** A' of the paper: s0 = m0 + m1 + m2, s1 = m1 - m2 - m3. */
  private static void sums(
      float[] m0, float[] m1, float[] m2, float[] m3, float[] s0, float[] s1, int n) {
    for (int i = 0; i < n; i++) {
      s0[i] = m0[i] + m1[i] + m2[i];
      s1[i] = m1[i] - m2[i] - m3[i];
    }
  }

  private static void add(float[] x, float[] sums, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += x[i];
    }
  }

  @Override
  public void outputGradient(Window w, int filters, Buffer dz, int count, Buffer dm) {
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * filters;
    int width = w.outWidth() * filters;
    reserve(SIDE, run, 2 * run);
    Arrays.fill(raw, 0, 2 * run, 0);
    for (int i = 0; i < count; i++) {
      for (int ty = 0; ty < down; ty++) {
        for (int r = 0; r < 2; r++) {
          if (2 * ty + r < w.outHeight()) {
            dz.read((i * w.outHeight() + 2 * ty + r) * width, raw, 0, width);
            split(raw, 0, image[2 * r], across, filters);
            split(raw, filters, image[2 * r + 1], across, filters);
          } else {
            clear(image, 2 * r, 2 * r + 2, run);
          }
        }
        for (int odd = 0; odd < 2; odd++) {
          sumsGradient(
              image[odd],
              image[2 + odd],
              half[odd],
              half[2 + odd],
              half[4 + odd],
              half[6 + odd],
              run);
        }
        for (int row = 0; row < SIDE; row++) {
          int to = row * SIDE;
          sumsGradient(
              half[2 * row],
              half[2 * row + 1],
              tiles[to],
              tiles[to + 1],
              tiles[to + 2],
              tiles[to + 3],
              run);
        }
        for (int k = 0; k < ELEMENTS; k++) {
          dm.write((k * count * down + i * down + ty) * run, tiles[k], 0, run);
        }
      }
    }
  }

  /** The gradient of {@link #sums}: m0 = s0, m1 = s0 + s1, m2 = s0 - s1, m3 = -s1. */
  private static void sumsGradient(
      float[] s0, float[] s1, float[] m0, float[] m1, float[] m2, float[] m3, int n) {
    for (int i = 0; i < n; i++) {
      m0[i] = s0[i];
      m1[i] = s0[i] + s1[i];
      m2[i] = s0[i] - s1[i];
      m3[i] = -s1[i];
    }
  }

  /** Every second pixel of a row, into a plane. */
  private static void split(float[] x, int from, float[] plane, int pixels, int channels) {
    for (int i = 0; i < pixels; i++) {
      System.arraycopy(x, from + 2 * i * channels, plane, i * channels, channels);
    }
  }

  /** The reverse of {@link #split}. */
  private static void join(float[] plane, float[] y, int to, int pixels, int channels) {
    for (int i = 0; i < pixels; i++) {
      System.arraycopy(plane, i * channels, y, to + 2 * i * channels, channels);
    }
  }

  private static void clear(float[][] arrays, int count, int n) {
    clear(arrays, 0, count, n);
  }

  private static void clear(float[][] arrays, int from, int to, int n) {
    for (int i = from; i < to; i++) {
      Arrays.fill(arrays[i], 0, n, 0);
    }
  }

  /**
   * @param planes of the image
   * @param run numbers of a plane
   * @param row numbers of a row of pixels
   */
  private void reserve(int planes, int run, int row) {
    raw = Images.reserve(raw, row);
    shifted = Images.reserve(shifted, row);
    image = reserve(image, planes, run);
    half = reserve(half, ELEMENTS, run);
    tiles = reserve(tiles, ELEMENTS, run);
  }

  private static float[][] reserve(float[][] arrays, int count, int n) {
    boolean enough = arrays.length >= count && arrays[0].length >= n;
    return enough
        ? arrays
        : new float[Math.max(count, arrays.length)]
            [Math.max(n, arrays.length == 0 ? 0 : arrays[0].length)];
  }
}
