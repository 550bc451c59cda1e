package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Window;
import io.lockstep.worker.engine.kernel.Winograd;
import java.util.Arrays;

/**
 * The transforms some rows of tiles at a time. Their pixels lie in 36 planes, the numbers that the
 * tiles see first, second and so on, each an array of its own, a row of tiles behind the other: C2
 * vectorises loops over several arrays on one index, and leaves loops with different offsets alone,
 * which takes five times as long. It leaves long loops alone too, so that each of them makes one
 * number or two. Belongs to one thread.
 */
final class RowWinograd implements Winograd {
  /** Numbers of a weight's transform that are worked on at once: six arrays of 8 KiB. */
  private static final int WEIGHTS = 2048;

  /**
   * Numbers of a plane that rows of tiles are put together for: shorter ones take a tenth more time
   * to begin and end loops, longer ones leave the second cache.
   */
  private static final int PLANE = 1024;

  private float[] raw = new float[0];
  private float[] shifted = new float[0];
  private float[] line = new float[0];
  private float[][] image = new float[0][0];
  private float[][] half = new float[0][0];
  private float[][] tiles = new float[0][0];
  private float[][] joined = new float[0][0];

  // ---- weights

  @Override
  public void filter(Window w, int filters, Buffer weights, Buffer u) {
    double[][] g = Winograd.filterMatrix(w);
    int side = w.windowHeight();
    int channels = w.channels();
    int together = Math.max(1, Math.min(filters, WEIGHTS / channels));
    reserve(side * side, together * channels, together * w.rowSize());
    for (int f = 0; f < filters; f += together) {
      int some = Math.min(together, filters - f);
      int n = some * channels;
      weights.read(f * w.rowSize(), raw, 0, some * w.rowSize());
      for (int place = 0; place < w.places(); place++) {
        gather(raw, place * channels, w.rowSize(), image[place], 0, some, channels);
      }
      for (int x = 0; x < side; x++) {
        for (int p = 0; p < SIDE; p++) {
          clear(half, p * side + x, p * side + x + 1, n);
          for (int y = 0; y < side; y++) {
            addScaled((float) g[p][y], image[y * side + x], half[p * side + x], n);
          }
        }
      }
      clear(tiles, ELEMENTS, n);
      for (int k = 0; k < ELEMENTS; k++) {
        for (int x = 0; x < side; x++) {
          addScaled((float) g[k % SIDE][x], half[k / SIDE * side + x], tiles[k], n);
        }
        u.write((k * filters + f) * channels, tiles[k], 0, n);
      }
    }
  }

  @Override
  public void filterGradient(Window w, int filters, Buffer du, Buffer dw) {
    double[][] g = Winograd.filterMatrix(w);
    int side = w.windowHeight();
    int channels = w.channels();
    int together = Math.max(1, Math.min(filters, WEIGHTS / channels));
    reserve(side * side, together * channels, together * w.rowSize());
    for (int f = 0; f < filters; f += together) {
      int some = Math.min(together, filters - f);
      int n = some * channels;
      for (int k = 0; k < ELEMENTS; k++) {
        du.read((k * filters + f) * channels, tiles[k], 0, n);
      }
      clear(half, side * SIDE, n);
      for (int y = 0; y < side; y++) {
        for (int k = 0; k < ELEMENTS; k++) {
          addScaled((float) g[k / SIDE][y], tiles[k], half[y * SIDE + k % SIDE], n);
        }
      }
      clear(image, side * side, n);
      for (int place = 0; place < w.places(); place++) {
        for (int q = 0; q < SIDE; q++) {
          addScaled((float) g[q][place % side], half[place / side * SIDE + q], image[place], n);
        }
        scatter(image[place], 0, raw, place * channels, w.rowSize(), some, channels);
      }
      dw.write(f * w.rowSize(), raw, 0, some * w.rowSize());
    }
  }

  private static void addScaled(float a, float[] x, float[] y, int n) {
    if (a == 0) {
      return;
    }
    for (int i = 0; i < n; i++) {
      y[i] = y[i] + a * x[i];
    }
  }

  // ---- input

  @Override
  public void input(Window w, Buffer x, int offset, int count, Buffer v) {
    int channels = w.channels();
    int step = Winograd.step(w);
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * channels;
    int together = together(down, run);
    int columns = step * (across - 1) + SIDE;
    reserve(ELEMENTS, together * run, columns * channels);
    Arrays.fill(raw, 0, columns * channels, 0);
    for (int i = 0; i < count; i++) {
      for (int ty = 0; ty < down; ty += together) {
        int some = Math.min(together, down - ty);
        readTiles(w, x, offset + i * w.imageSize(), ty, some);
        for (int plane = 0; plane < SIDE; plane++) {
          inputPoints(image, plane, SIDE, half, plane, some * run);
        }
        for (int row = 0; row < ELEMENTS; row += SIDE) {
          inputPoints(half, row, 1, tiles, row, some * run);
        }
        for (int k = 0; k < ELEMENTS; k++) {
          v.write((k * count * down + i * down + ty) * run, tiles[k], 0, some * run);
        }
      }
    }
  }

  /**
   * The planes of some rows of tiles. What one sees beyond a step, a later one sees first: long
   * copies instead of reading it again, but for the last rows.
   */
  private void readTiles(Window w, Buffer x, int offset, int first, int some) {
    int step = Winograd.step(w);
    int run = Winograd.tilesAcross(w) * w.channels();
    for (int row = 0; row < SIDE; row++) {
      int later = row / step;
      int known = later == 0 ? 0 : Math.max(0, some - later);
      for (int plane = 0; plane < SIDE && known > 0; plane++) {
        float[] from = image[row % step * SIDE + plane];
        System.arraycopy(from, later * run, image[row * SIDE + plane], 0, known * run);
      }
      for (int tile = known; tile < some; tile++) {
        int y = step * (first + tile) + row - w.padTop();
        readPlanes(w, x, offset, y, row * SIDE, tile * run);
      }
    }
  }

  /**
   * Lays a row of pixels into its six planes; zeros beyond the image. Beyond a step a plane is an
   * earlier one without its first tiles, which is one long copy instead of one for each tile.
   *
   * @param y in the image
   * @param at where a row of tiles begins in the planes
   */
  private void readPlanes(Window w, Buffer x, int offset, int y, int first, int at) {
    int channels = w.channels();
    int step = Winograd.step(w);
    int across = Winograd.tilesAcross(w);
    if (y < 0 || y >= w.height()) {
      for (int plane = 0; plane < SIDE; plane++) {
        Arrays.fill(image[first + plane], at, at + across * channels, 0);
      }
      return;
    }
    int columns = step * (across - 1) + SIDE;
    int seen = Math.min(w.width(), columns - w.padLeft()) * channels;
    x.read(offset + y * w.width() * channels, raw, w.padLeft() * channels, seen);
    for (int plane = 0; plane < SIDE; plane++) {
      int later = plane / step;
      int known = later == 0 ? 0 : Math.max(0, across - later);
      float[] to = image[first + plane];
      if (known > 0) {
        int from = at + later * channels;
        System.arraycopy(image[first + plane % step], from, to, at, known * channels);
      }
      for (int tile = known; tile < across; tile++) {
        int from = (step * tile + plane) * channels;
        System.arraycopy(raw, from, to, at + tile * channels, channels);
      }
    }
  }

  /** t = B' d, of six arrays that are so far apart, in both. */
  private static void inputPoints(float[][] d, int at, int apart, float[][] t, int to, int n) {
    float[] d0 = d[at];
    float[] d1 = d[at + apart];
    float[] d2 = d[at + 2 * apart];
    float[] d3 = d[at + 3 * apart];
    float[] d4 = d[at + 4 * apart];
    float[] d5 = d[at + 5 * apart];
    ends(d0, d2, d4, t[to], n);
    ends(d1, d3, d5, t[to + 5 * apart], n);
    ones(d1, d2, d3, d4, t[to + apart], t[to + 2 * apart], n);
    twos(d1, d2, d3, d4, t[to + 3 * apart], t[to + 4 * apart], n);
  }

  private static void ends(float[] d0, float[] d2, float[] d4, float[] t, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = 4 * d0[i] - 5 * d2[i] + d4[i];
    }
  }

  private static void ones(
      float[] d1, float[] d2, float[] d3, float[] d4, float[] plus, float[] minus, int n) {
    for (int i = 0; i < n; i++) {
      float even = d4[i] - 4 * d2[i];
      float odd = d3[i] - 4 * d1[i];
      plus[i] = even + odd;
      minus[i] = even - odd;
    }
  }

  private static void twos(
      float[] d1, float[] d2, float[] d3, float[] d4, float[] plus, float[] minus, int n) {
    for (int i = 0; i < n; i++) {
      float even = d4[i] - d2[i];
      float odd = 2 * (d3[i] - d1[i]);
      plus[i] = even + odd;
      minus[i] = even - odd;
    }
  }

  @Override
  public void inputGradient(Window w, Buffer dv, int count, Buffer dx, int offset) {
    int channels = w.channels();
    int step = Winograd.step(w);
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * channels;
    int together = together(down, run);
    int more = (SIDE - 1) / step;
    int wide = (across + more) * channels;
    int width = w.width() * channels;
    int row = Math.max(step * wide, w.padLeft() * channels + width);
    reserve(ELEMENTS, together * run, Math.max(row, (together + more) * run));
    joined = reserve(joined, step * SIDE, (together + more) * run);
    for (int i = 0; i < count; i++) {
      clear(joined, step * SIDE, more * run);
      int written = 0;
      for (int ty = 0; ty < down; ty += together) {
        int some = Math.min(together, down - ty);
        for (int k = 0; k < ELEMENTS; k++) {
          dv.read((k * count * down + i * down + ty) * run, tiles[k], 0, some * run);
        }
        for (int tileRow = 0; tileRow < ELEMENTS; tileRow += SIDE) {
          inputPointsGradient(tiles, tileRow, 1, half, tileRow, some * run);
        }
        for (int plane = 0; plane < SIDE; plane++) {
          inputPointsGradient(half, plane, SIDE, image, plane, some * run);
        }
        joinRows(step, more, some, run);
        int complete = ty + some < down ? some : some + more;
        Arrays.fill(raw, 0, row, 0);
        for (int y = 0; y < step * complete; y++) {
          int pixel = step * ty + y - w.padTop();
          if (pixel >= 0 && pixel < w.height()) {
            joinPlanes(y % step * SIDE, y / step * run, step, across, channels);
            int at = offset + (i * w.height() + pixel) * width;
            dx.write(at, raw, w.padLeft() * channels, width);
            written = pixel + 1;
          }
        }
        for (int plane = 0; plane < step * SIDE; plane++) {
          System.arraycopy(joined[plane], some * run, joined[plane], 0, more * run);
        }
      }
      Arrays.fill(raw, 0, row, 0); // of pixels that no tile sees
      for (int y = written; y < w.height(); y++) {
        dx.write(offset + (i * w.height() + y) * width, raw, 0, width);
      }
    }
  }

  /**
   * The planes of rows of pixels, over so many rows of tiles and those behind them that they see
   * too: what rows of tiles above have left there, and what these put there, in their order.
   */
  private void joinRows(int step, int more, int some, int run) {
    for (int plane = 0; plane < step * SIDE; plane++) {
      float[] sum = joined[plane];
      Arrays.fill(sum, more * run, (some + more) * run, 0);
      for (int later = more; later > 0; later--) {
        if (plane + later * step * SIDE < ELEMENTS) {
          Arrays.fill(shifted, 0, later * run, 0);
          System.arraycopy(image[plane + later * step * SIDE], 0, shifted, later * run, some * run);
          add(shifted, sum, (later + some) * run);
        }
      }
      add(image[plane], sum, some * run);
    }
  }

  /** d = B t: the gradient of {@link #inputPoints}. */
  private static void inputPointsGradient(
      float[][] t, int at, int apart, float[][] d, int to, int n) {
    float[] t0 = t[at];
    float[] t1 = t[at + apart];
    float[] t2 = t[at + 2 * apart];
    float[] t3 = t[at + 3 * apart];
    float[] t4 = t[at + 4 * apart];
    float[] t5 = t[at + 5 * apart];
    endPixels(t0, t5, d[to], d[to + 5 * apart], n);
    secondPixels(t0, t1, t2, t3, t4, d[to + 2 * apart], n);
    fourthPixels(t0, t1, t2, t3, t4, d[to + 4 * apart], n);
    firstPixels(t1, t2, t3, t4, t5, d[to + apart], n);
    thirdPixels(t1, t2, t3, t4, t5, d[to + 3 * apart], n);
  }

  private static void endPixels(float[] t0, float[] t5, float[] d0, float[] d5, int n) {
    for (int i = 0; i < n; i++) {
      d0[i] = 4 * t0[i];
      d5[i] = t5[i];
    }
  }

  private static void firstPixels(
      float[] t1, float[] t2, float[] t3, float[] t4, float[] t5, float[] d1, int n) {
    for (int i = 0; i < n; i++) {
      d1[i] = 4 * (t2[i] - t1[i] + t5[i]) + 2 * (t4[i] - t3[i]);
    }
  }

  private static void secondPixels(
      float[] t0, float[] t1, float[] t2, float[] t3, float[] t4, float[] d2, int n) {
    for (int i = 0; i < n; i++) {
      d2[i] = -(5 * t0[i] + 4 * (t1[i] + t2[i]) + (t3[i] + t4[i]));
    }
  }

  private static void thirdPixels(
      float[] t1, float[] t2, float[] t3, float[] t4, float[] t5, float[] d3, int n) {
    for (int i = 0; i < n; i++) {
      d3[i] = t1[i] - t2[i] + 2 * (t3[i] - t4[i]) - 5 * t5[i];
    }
  }

  private static void fourthPixels(
      float[] t0, float[] t1, float[] t2, float[] t3, float[] t4, float[] d4, int n) {
    for (int i = 0; i < n; i++) {
      d4[i] = t0[i] + (t1[i] + t2[i]) + (t3[i] + t4[i]);
    }
  }

  /** The row of pixels whose planes begin here: of planes beyond a step the next tile sees more. */
  private void joinPlanes(int first, int at, int step, int across, int channels) {
    int run = across * channels;
    int wide = (across + (SIDE - 1) / step) * channels;
    for (int phase = 0; phase < step; phase++) {
      System.arraycopy(joined[first + phase], at, line, 0, run);
      Arrays.fill(line, run, wide, 0);
      for (int later = phase + step; later < SIDE; later += step) {
        int behind = later / step * channels;
        Arrays.fill(shifted, 0, behind, 0);
        System.arraycopy(joined[first + later], at, shifted, behind, run);
        add(shifted, line, behind + run);
      }
      scatter(line, 0, raw, phase * channels, step * channels, wide / channels, channels);
    }
  }

  // ---- output

  @Override
  public void output(Window w, int filters, Buffer m, int count, Target target, Buffer z) {
    int step = Winograd.step(w);
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * filters;
    int together = together(down, run);
    int width = w.outWidth() * filters;
    reserve(SIDE, together * run, step * run);
    for (int i = 0; i < count; i++) {
      for (int ty = 0; ty < down; ty += together) {
        int some = Math.min(together, down - ty);
        for (int k = 0; k < ELEMENTS; k++) {
          m.read((k * count * down + i * down + ty) * run, tiles[k], 0, some * run);
        }
        for (int plane = 0; plane < SIDE; plane++) {
          outputSums(tiles, plane, SIDE, half, step, some * run);
        }
        for (int r = 0; r < step; r++) {
          outputSums(half, r * SIDE, 1, image, step, some * run);
          for (int tile = 0; tile < some && step * (ty + tile) + r < w.outHeight(); tile++) {
            for (int column = 0; column < step; column++) {
              int to = column * filters;
              scatter(image[column], tile * run, raw, to, step * filters, across, filters);
            }
            int at = (i * w.outHeight() + step * (ty + tile) + r) * width;
            if (target == Target.ADD) {
              z.read(at, shifted, 0, width);
              add(shifted, raw, width);
            }
            z.write(at, raw, 0, width);
          }
        }
      }
    }
  }

  /** s = A' m: of six arrays {@code apart} as many as a tile has positions, likewise apart. */
  private static void outputSums(float[][] m, int at, int apart, float[][] s, int step, int n) {
    float[] m1 = m[at + apart];
    float[] m2 = m[at + 2 * apart];
    float[] m3 = m[at + 3 * apart];
    float[] m4 = m[at + 4 * apart];
    int to = apart == 1 ? 0 : at;
    evenSums(m[at], m1, m2, m3, m4, s[to], n);
    if (step == 2) {
      oddSums(m1, m2, m3, m4, 2, m[at + 5 * apart], s[to + apart], n);
      return;
    }
    oddSums(m1, m2, m3, m4, s[to + apart], n);
    evenSums(m1, m2, m3, m4, s[to + 2 * apart], n);
    oddSums(m1, m2, m3, m4, 8, m[at + 5 * apart], s[to + 3 * apart], n);
  }

  private static void evenSums(
      float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = m0[i] + (m1[i] + m2[i]) + (m3[i] + m4[i]);
    }
  }

  private static void evenSums(float[] m1, float[] m2, float[] m3, float[] m4, float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = m1[i] + m2[i] + 4 * (m3[i] + m4[i]);
    }
  }

  private static void oddSums(float[] m1, float[] m2, float[] m3, float[] m4, float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = m1[i] - m2[i] + 2 * (m3[i] - m4[i]);
    }
  }

  private static void oddSums(
      float[] m1, float[] m2, float[] m3, float[] m4, float power, float[] m5, float[] s, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = m1[i] - m2[i] + power * (m3[i] - m4[i]) + m5[i];
    }
  }

  @Override
  public void outputGradient(Window w, int filters, Buffer dz, int count, Buffer dm) {
    int step = Winograd.step(w);
    int down = Winograd.tilesDown(w);
    int across = Winograd.tilesAcross(w);
    int run = across * filters;
    int together = together(down, run);
    int width = w.outWidth() * filters;
    reserve(ELEMENTS, together * run, step * run);
    Arrays.fill(raw, 0, step * run, 0);
    for (int i = 0; i < count; i++) {
      for (int ty = 0; ty < down; ty += together) {
        int some = Math.min(together, down - ty);
        for (int below = 0; below < step * some; below++) {
          int first = below % step * SIDE;
          int at = below / step * run;
          int y = step * ty + below;
          if (y < w.outHeight()) {
            dz.read((i * w.outHeight() + y) * width, raw, 0, width);
          }
          for (int column = 0; column < step; column++) {
            float[] to = image[first + column];
            if (y < w.outHeight()) {
              gather(raw, column * filters, step * filters, to, at, across, filters);
            } else {
              Arrays.fill(to, at, at + run, 0);
            }
          }
        }
        for (int column = 0; column < step; column++) {
          outputPoints(image, column, SIDE, half, column, step, some * run);
        }
        for (int row = 0; row < ELEMENTS; row += SIDE) {
          outputPoints(half, row, 1, tiles, row, step, some * run);
        }
        for (int k = 0; k < ELEMENTS; k++) {
          dm.write((k * count * down + i * down + ty) * run, tiles[k], 0, some * run);
        }
      }
    }
  }

  /** m = A s: the gradient of {@link #outputSums}. */
  private static void outputPoints(
      float[][] s, int at, int apart, float[][] m, int to, int step, int n) {
    float[] s0 = s[at];
    float[] s1 = s[at + apart];
    System.arraycopy(s0, 0, m[to], 0, n);
    System.arraycopy(s[at + (step - 1) * apart], 0, m[to + 5 * apart], 0, n);
    if (step == 2) {
      points(s0, s1, 1, m[to + apart], m[to + 2 * apart], n);
      points(s0, s1, 2, m[to + 3 * apart], m[to + 4 * apart], n);
      return;
    }
    float[] s2 = s[at + 2 * apart];
    float[] s3 = s[at + 3 * apart];
    points(s0, s1, s2, s3, 1, m[to + apart], m[to + 2 * apart], n);
    points(s0, s1, s2, s3, 2, m[to + 3 * apart], m[to + 4 * apart], n);
  }

  private static void points(
      float[] s0, float[] s1, float point, float[] plus, float[] minus, int n) {
    for (int i = 0; i < n; i++) {
      plus[i] = s0[i] + point * s1[i];
      minus[i] = s0[i] - point * s1[i];
    }
  }

  private static void points(
      float[] s0,
      float[] s1,
      float[] s2,
      float[] s3,
      float point,
      float[] plus,
      float[] minus,
      int n) {
    float square = point * point;
    for (int i = 0; i < n; i++) {
      float even = s0[i] + square * s2[i];
      float odd = point * (s1[i] + square * s3[i]);
      plus[i] = even + odd;
      minus[i] = even - odd;
    }
  }

  // ---- rows

  private static void add(float[] x, float[] sums, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] = sums[i] + x[i];
    }
  }

  /** Runs that are so far apart, from a place on, side by side. */
  private static void gather(float[] x, int from, int apart, float[] y, int to, int runs, int run) {
    for (int i = 0; i < runs; i++) {
      System.arraycopy(x, from + i * apart, y, to + i * run, run);
    }
  }

  /** The reverse of {@link #gather}. */
  private static void scatter(
      float[] x, int from, float[] y, int to, int apart, int runs, int run) {
    for (int i = 0; i < runs; i++) {
      System.arraycopy(x, from + i * run, y, to + i * apart, run);
    }
  }

  /** How many rows of tiles are put together. */
  private static int together(int down, int run) {
    return Math.min(down, Math.max(1, PLANE / run));
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
    line = Images.reserve(line, row);
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
