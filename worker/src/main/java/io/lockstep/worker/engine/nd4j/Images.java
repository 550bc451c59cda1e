package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel.Divisor;
import io.lockstep.worker.engine.kernel.Window;
import java.util.Arrays;

/**
 * The kernel's loops over images, channels last. An image is copied to a heap array, with its
 * padding, so that every run of pixels that a window sees is one run of the array; results are
 * written out in long runs. Belongs to one thread.
 */
final class Images {
  /**
   * Runs of at most so many floats are copied as if they were so long: the copy of a constant
   * length is two vector moves, that of a variable one a call. What it writes too much is
   * overwritten by the next run, or lies in the slack behind the last.
   */
  private static final int SHORT_RUN = 8;

  private float[] image = new float[0];
  private float[] target = new float[0];
  private float[] line = new float[0];
  private float[] sums = new float[0];
  private float[] rest = new float[0];
  private float[][] rows = new float[0][0];

  void transpose(Buffer x, Buffer y, int count, int rows, int columns) {
    int size = rows * columns;
    image = reserve(image, size);
    target = reserve(target, size);
    for (int m = 0; m < count; m++) {
      x.read(m * size, image, 0, size);
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          target[c * rows + r] = image[r * columns + c];
        }
      }
      y.write(m * size, target, 0, size);
    }
  }

  void unfold(Window w, Buffer source, int offset, int count, Buffer columns) {
    int run = w.windowWidth() * w.channels();
    int lineSize = w.outWidth() * w.rowSize();
    image = reserve(image, paddedSize(w) + SHORT_RUN);
    line = reserve(line, lineSize + SHORT_RUN);
    fillPadding(w, 0, image);
    for (int i = 0; i < count; i++) {
      readPadded(w, source, offset + i * w.imageSize(), image);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        if (w.dilationX() > 1) {
          unfoldPixels(w, outY, image, line);
        } else if (run <= SHORT_RUN) {
          unfoldShortRuns(w, outY, image, line);
        } else {
          unfoldLongRuns(w, outY, run, image, line);
        }
        columns.write((i * w.outHeight() + outY) * lineSize, line, 0, lineSize);
      }
    }
  }

  private static void unfoldShortRuns(Window w, int outY, float[] image, float[] line) {
    int run = w.windowWidth() * w.channels();
    int step = w.strideX() * w.channels();
    int pitch = pitch(w);
    int to = 0;
    for (int outX = 0; outX < w.outWidth(); outX++) {
      int from = outY * w.strideY() * pitch + outX * step;
      for (int y = 0; y < w.windowHeight(); y++) {
        System.arraycopy(image, from, line, to, SHORT_RUN);
        from += w.dilationY() * pitch;
        to += run;
      }
    }
  }

  private static void unfoldLongRuns(Window w, int outY, int run, float[] image, float[] line) {
    int step = w.strideX() * w.channels();
    int pitch = pitch(w);
    int to = 0;
    for (int outX = 0; outX < w.outWidth(); outX++) {
      int from = outY * w.strideY() * pitch + outX * step;
      for (int y = 0; y < w.windowHeight(); y++) {
        System.arraycopy(image, from, line, to, run);
        from += w.dilationY() * pitch;
        to += run;
      }
    }
  }

  /** Of a window with gaps between its columns: pixel by pixel. */
  private static void unfoldPixels(Window w, int outY, float[] image, float[] line) {
    int channels = w.channels();
    int pitch = pitch(w);
    int to = 0;
    for (int outX = 0; outX < w.outWidth(); outX++) {
      int corner = outY * w.strideY() * pitch + outX * w.strideX() * channels;
      for (int y = 0; y < w.windowHeight(); y++) {
        int from = corner + y * w.dilationY() * pitch;
        for (int x = 0; x < w.windowWidth(); x++) {
          System.arraycopy(image, from + x * w.dilationX() * channels, line, to, channels);
          to += channels;
        }
      }
    }
  }

  /** Every row of the padded image is an array of its own, for {@link #addPieces}. */
  void fold(Window w, Buffer columns, int count, Buffer images, int offset) {
    int lineSize = w.outWidth() * w.rowSize();
    int run = w.width() * w.channels();
    int pitch = pitch(w);
    line = reserve(line, lineSize);
    rest = reserve(rest, pitch);
    reserveRows(paddedHeight(w), pitch);
    for (int i = 0; i < count; i++) {
      for (int y = 0; y < paddedHeight(w); y++) {
        Arrays.fill(rows[y], 0, pitch, 0);
      }
      for (int outY = 0; outY < w.outHeight(); outY++) {
        columns.read((i * w.outHeight() + outY) * lineSize, line, 0, lineSize);
        for (int y = 0; y < w.windowHeight(); y++) {
          addLine(w, y, line, rest, rows[outY * w.strideY() + y * w.dilationY()]);
        }
      }
      for (int y = 0; y < w.height(); y++) {
        float[] row = rows[w.padTop() + y];
        images.write(offset + i * w.imageSize() + y * run, row, w.padLeft() * w.channels(), run);
      }
    }
  }

  /**
   * Adds what one row of the window sees at all positions beside each other. The last places come
   * first, so that every pixel's sum is taken in the order of the positions.
   */
  private static void addLine(Window w, int y, float[] line, float[] scratch, float[] row) {
    int together = w.dilationX() > 1 ? 1 : Math.min(w.strideX(), w.windowWidth());
    int last = (w.windowWidth() - 1) / together * together;
    for (int place = last; place >= 0; place -= together) {
      int places = Math.min(together, w.windowWidth() - place);
      int from = (y * w.windowWidth() + place) * w.channels();
      int to = place * w.dilationX() * w.channels();
      if (places * w.channels() < SHORT_RUN) {
        for (int outX = 0; outX < w.outWidth(); outX++) {
          int at = to + outX * w.strideX() * w.channels();
          addRun(line, from + outX * w.rowSize(), row, at, places * w.channels());
        }
      } else {
        addPieces(w, line, from, places * w.channels(), scratch, row, to);
      }
    }
  }

  /**
   * Adds a piece from each position, none of which overlap: laid out as a row of pixels first,
   * because C2 vectorises a sum of two arrays on one index.
   */
  private static void addPieces(
      Window w, float[] line, int from, int piece, float[] scratch, float[] row, int to) {
    int step = w.strideX() * w.channels();
    int end = to + (w.outWidth() - 1) * step + piece;
    Arrays.fill(scratch, 0, piece == step ? to : end, 0);
    for (int outX = 0; outX < w.outWidth(); outX++) {
      System.arraycopy(line, from + outX * w.rowSize(), scratch, to + outX * step, piece);
    }
    add(scratch, row, end);
  }

  private static void addRun(float[] x, int from, float[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] += x[from + i];
    }
  }

  void maxPool(Window w, Buffer x, int count, Buffer y) {
    int width = w.outWidth() * w.channels();
    reserveLines(w, width);
    fillPadding(w, Float.NEGATIVE_INFINITY, image);
    for (int i = 0; i < count; i++) {
      readPadded(w, x, i * w.imageSize(), image);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        gather(w, outY, 0, image, sums);
        for (int place = 1; place < w.places(); place++) {
          gather(w, outY, place, image, line);
          maximum(line, sums, width);
        }
        y.write((i * w.outHeight() + outY) * width, sums, 0, width);
      }
    }
  }

  private static void maximum(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(y[i], x[i]);
    }
  }

  void maxPoolGradient(Window w, Buffer x, Buffer y, Buffer dy, int count, Buffer dx) {
    int width = w.outWidth() * w.channels();
    reserveLines(w, width);
    fillPadding(w, Float.NEGATIVE_INFINITY, image);
    for (int i = 0; i < count; i++) {
      readPadded(w, x, i * w.imageSize(), image);
      Arrays.fill(target, 0, paddedSize(w), 0);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        int at = (i * w.outHeight() + outY) * width;
        y.read(at, sums, 0, width);
        dy.read(at, rest, 0, width);
        for (int place = 0; place < w.places(); place++) {
          if (place == w.places() - 1) {
            scatter(w, outY, place, rest, target);
          } else {
            gather(w, outY, place, image, line);
            takeWhereEqual(sums, rest, line, width);
            scatter(w, outY, place, line, target);
          }
        }
      }
      writePadded(w, target, dx, i * w.imageSize());
    }
  }

  /**
   * Where x is the largest, x becomes what is left of the gradient, and nothing is left; elsewhere
   * x becomes 0. Without a branch, because C2 vectorises none: 1 - min((y - x) * 1e38 * 1e38, 1) is
   * 1 where x = y, and 0 where x is less, if only by the least denormal.
   */
  private static void takeWhereEqual(float[] y, float[] rest, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      float equal = 1 - Math.min((y[i] - x[i]) * 1e38f * 1e38f, 1);
      float taken = rest[i] * equal;
      rest[i] = rest[i] * (1 - equal);
      x[i] = taken;
    }
  }

  void averagePool(Window w, Divisor divisor, Buffer x, int count, Buffer y) {
    int width = w.outWidth() * w.channels();
    reserveLines(w, width);
    fillPadding(w, 0, image);
    for (int i = 0; i < count; i++) {
      readPadded(w, x, i * w.imageSize(), image);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        gather(w, outY, 0, image, sums);
        for (int place = 1; place < w.places(); place++) {
          gather(w, outY, place, image, line);
          add(line, sums, width);
        }
        divide(w, divisor, outY, sums);
        y.write((i * w.outHeight() + outY) * width, sums, 0, width);
      }
    }
  }

  void averagePoolGradient(Window w, Divisor divisor, Buffer dy, int count, Buffer dx) {
    int width = w.outWidth() * w.channels();
    reserveLines(w, width);
    for (int i = 0; i < count; i++) {
      Arrays.fill(target, 0, paddedSize(w), 0);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        dy.read((i * w.outHeight() + outY) * width, sums, 0, width);
        divide(w, divisor, outY, sums);
        for (int place = 0; place < w.places(); place++) {
          scatter(w, outY, place, sums, target);
        }
      }
      writePadded(w, target, dx, i * w.imageSize());
    }
  }

  /** Divides a row of positions by the places of the window, or by the pixels that each sees. */
  private static void divide(Window w, Divisor divisor, int outY, float[] line) {
    if (divisor == Divisor.PLACES || paddedSize(w) == w.imageSize()) {
      scale(1f / w.places(), line, 0, w.outWidth() * w.channels());
      return;
    }
    int rows = seen(outY * w.strideY() - w.padTop(), w.windowHeight(), w.dilationY(), w.height());
    for (int outX = 0; outX < w.outWidth(); outX++) {
      int columns =
          seen(outX * w.strideX() - w.padLeft(), w.windowWidth(), w.dilationX(), w.width());
      scale(1f / (rows * columns), line, outX * w.channels(), w.channels());
    }
  }

  /** How many of the places first, first + gap, ... lie in [0, extent). */
  private static int seen(int first, int places, int gap, int extent) {
    int count = 0;
    for (int place = 0; place < places; place++) {
      int at = first + place * gap;
      count += at >= 0 && at < extent ? 1 : 0;
    }
    return count;
  }

  private static void add(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = y[i] + x[i];
    }
  }

  private static void scale(float a, float[] y, int from, int n) {
    for (int i = 0; i < n; i++) {
      y[from + i] = a * y[from + i];
    }
  }

  /** One place of all windows of an output row, side by side: [outWidth, channels]. */
  private static void gather(Window w, int outY, int place, float[] image, float[] line) {
    int from = start(w, outY, place);
    int step = w.strideX() * w.channels();
    int channels = w.channels();
    if (channels < SHORT_RUN) {
      for (int outX = 0; outX < w.outWidth(); outX++) {
        for (int c = 0; c < channels; c++) {
          line[outX * channels + c] = image[from + outX * step + c];
        }
      }
      return;
    }
    for (int outX = 0; outX < w.outWidth(); outX++) {
      System.arraycopy(image, from + outX * step, line, outX * channels, channels);
    }
  }

  /**
   * The gradient of {@link #gather}: adds, or, where no two windows see the same pixel, sets, which
   * takes half the time.
   */
  private static void scatter(Window w, int outY, int place, float[] line, float[] image) {
    int to = start(w, outY, place);
    int step = w.strideX() * w.channels();
    int channels = w.channels();
    boolean apart = w.strideX() >= w.reachX() && w.strideY() >= w.reachY();
    if (apart && channels >= SHORT_RUN) {
      for (int outX = 0; outX < w.outWidth(); outX++) {
        System.arraycopy(line, outX * channels, image, to + outX * step, channels);
      }
      return;
    }
    for (int outX = 0; outX < w.outWidth(); outX++) {
      addRun(line, outX * channels, image, to + outX * step, channels);
    }
  }

  private static int start(Window w, int outY, int place) {
    int y = outY * w.strideY() + place / w.windowWidth() * w.dilationY();
    return y * pitch(w) + place % w.windowWidth() * w.dilationX() * w.channels();
  }

  private void reserveLines(Window w, int width) {
    image = reserve(image, paddedSize(w));
    target = reserve(target, paddedSize(w));
    line = reserve(line, width);
    sums = reserve(sums, width);
    rest = reserve(rest, width);
  }

  private void reserveRows(int count, int length) {
    if (rows.length < count || rows[0].length < length) {
      rows = new float[Math.max(count, rows.length)][length];
    }
  }

  static int paddedWidth(Window w) {
    return Math.max(w.padLeft() + w.width(), (w.outWidth() - 1) * w.strideX() + w.reachX());
  }

  static int paddedHeight(Window w) {
    return Math.max(w.padTop() + w.height(), (w.outHeight() - 1) * w.strideY() + w.reachY());
  }

  private static int paddedSize(Window w) {
    return paddedHeight(w) * pitch(w);
  }

  /** Floats of a row of the padded image. */
  private static int pitch(Window w) {
    return paddedWidth(w) * w.channels();
  }

  /** What lies around the image; {@link #readPadded} leaves it as it is. */
  private static void fillPadding(Window w, float value, float[] image) {
    if (paddedSize(w) > w.imageSize()) {
      Arrays.fill(image, 0, paddedSize(w), value);
    }
  }

  private static void readPadded(Window w, Buffer source, int offset, float[] image) {
    int run = w.width() * w.channels();
    int pitch = pitch(w);
    if (pitch == run) {
      source.read(offset, image, w.padTop() * pitch, w.height() * run);
      return;
    }
    for (int y = 0; y < w.height(); y++) {
      int at = (w.padTop() + y) * pitch + w.padLeft() * w.channels();
      source.read(offset + y * run, image, at, run);
    }
  }

  private static void writePadded(Window w, float[] image, Buffer target, int offset) {
    int run = w.width() * w.channels();
    int pitch = pitch(w);
    if (pitch == run) {
      target.write(offset, image, w.padTop() * pitch, w.height() * run);
      return;
    }
    for (int y = 0; y < w.height(); y++) {
      int at = (w.padTop() + y) * pitch + w.padLeft() * w.channels();
      target.write(offset + y * run, image, at, run);
    }
  }

  static float[] reserve(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }
}
