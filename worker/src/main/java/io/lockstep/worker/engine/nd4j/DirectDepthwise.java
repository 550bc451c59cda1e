package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Depthwise;
import io.lockstep.worker.engine.kernel.Window;
import java.util.Arrays;

/**
 * In direct loops over heap arrays: a row of positions at a time, place by place, so that every
 * inner loop is one long run of positions times filters, over arrays on one index, which C2
 * vectorises. The weights of a place are repeated for the positions of a row. Belongs to one
 * thread.
 */
final class DirectDepthwise implements Depthwise {
  private float[] pixels = new float[0];
  private float[] image = new float[0];
  private float[] line = new float[0];
  private float[] row = new float[0];
  private float[] sums = new float[0];
  private float[][] weights = new float[0][0];
  private float[] written = new float[0];

  @Override
  public void forward(Window w, int multiplier, Buffer x, Buffer weight, int count, Buffer z) {
    int filters = w.channels() * multiplier;
    int width = w.outWidth() * filters;
    reserve(w, filters);
    readWeights(w, filters, weight);
    Arrays.fill(image, 0, Images.paddedHeight(w) * pitch(w, filters), 0);
    for (int i = 0; i < count; i++) {
      readImage(w, multiplier, x, i);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        int at = (i * w.outHeight() + outY) * width;
        z.read(at, row, 0, width);
        for (int place = 0; place < w.places(); place++) {
          gather(w, filters, outY, place);
          multiplyAdd(line, weights[place], row, width);
        }
        z.write(at, row, 0, width);
      }
    }
  }

  @Override
  public void inputGradient(
      Window w, int multiplier, Buffer weight, Buffer dz, int count, Buffer dx) {
    int filters = w.channels() * multiplier;
    int width = w.outWidth() * filters;
    reserve(w, filters);
    readWeights(w, filters, weight);
    for (int i = 0; i < count; i++) {
      Arrays.fill(image, 0, Images.paddedHeight(w) * pitch(w, filters), 0);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        dz.read((i * w.outHeight() + outY) * width, row, 0, width);
        for (int place = 0; place < w.places(); place++) {
          multiply(row, weights[place], line, width);
          scatter(w, filters, outY, place);
        }
      }
      writeImage(w, multiplier, dx, i);
    }
  }

  /** Sums in as many lanes as a row has positions, which are added at the end, in order. */
  @Override
  public void weightGradient(Window w, int multiplier, Buffer x, Buffer dz, int count, Buffer dw) {
    int filters = w.channels() * multiplier;
    int width = w.outWidth() * filters;
    reserve(w, filters);
    for (int place = 0; place < w.places(); place++) {
      Arrays.fill(weights[place], 0, width, 0);
    }
    Arrays.fill(image, 0, Images.paddedHeight(w) * pitch(w, filters), 0);
    for (int i = 0; i < count; i++) {
      readImage(w, multiplier, x, i);
      for (int outY = 0; outY < w.outHeight(); outY++) {
        dz.read((i * w.outHeight() + outY) * width, row, 0, width);
        for (int place = 0; place < w.places(); place++) {
          gather(w, filters, outY, place);
          multiplyAdd(line, row, weights[place], width);
        }
      }
    }
    for (int f = 0; f < filters; f++) {
      for (int place = 0; place < w.places(); place++) {
        float sum = 0;
        for (int at = f; at < width; at += filters) {
          sum += weights[place][at];
        }
        written[f * w.places() + place] = sum;
      }
    }
    dw.write(0, written, 0, filters * w.places());
  }

  private static int pitch(Window w, int filters) {
    return Images.paddedWidth(w) * filters;
  }

  private void readWeights(Window w, int filters, Buffer weight) {
    weight.read(0, written, 0, filters * w.places());
    for (int place = 0; place < w.places(); place++) {
      for (int i = 0; i < w.outWidth() * filters; i++) {
        weights[place][i] = written[i % filters * w.places() + place];
      }
    }
  }

  /** The padded image, every channel as often as it has filters. */
  private void readImage(Window w, int multiplier, Buffer x, int number) {
    int size = w.width() * w.channels();
    int filters = w.channels() * multiplier;
    for (int y = 0; y < w.height(); y++) {
      int from = number * w.imageSize() + y * size;
      int to = (w.padTop() + y) * pitch(w, filters) + w.padLeft() * filters;
      if (multiplier == 1) {
        x.read(from, image, to, size);
        continue;
      }
      x.read(from, pixels, 0, size);
      for (int i = 0; i < size; i++) {
        Arrays.fill(image, to + i * multiplier, to + (i + 1) * multiplier, pixels[i]);
      }
    }
  }

  /** The reverse of {@link #readImage}: a channel takes the sum over its filters. */
  private void writeImage(Window w, int multiplier, Buffer dx, int number) {
    int size = w.width() * w.channels();
    int filters = w.channels() * multiplier;
    for (int y = 0; y < w.height(); y++) {
      int to = number * w.imageSize() + y * size;
      int from = (w.padTop() + y) * pitch(w, filters) + w.padLeft() * filters;
      if (multiplier == 1) {
        dx.write(to, image, from, size);
        continue;
      }
      for (int i = 0; i < size; i++) {
        float sum = 0;
        for (int m = 0; m < multiplier; m++) {
          sum += image[from + i * multiplier + m];
        }
        pixels[i] = sum;
      }
      dx.write(to, pixels, 0, size);
    }
  }

  /** What the positions of a row see at one place, side by side, into the line. */
  private void gather(Window w, int filters, int outY, int place) {
    int from = start(w, filters, outY, place);
    if (w.strideX() == 1) {
      System.arraycopy(image, from, line, 0, w.outWidth() * filters);
      return;
    }
    for (int outX = 0; outX < w.outWidth(); outX++) {
      System.arraycopy(image, from + outX * w.strideX() * filters, line, outX * filters, filters);
    }
  }

  /** The gradient of {@link #gather}. */
  private void scatter(Window w, int filters, int outY, int place) {
    int to = start(w, filters, outY, place);
    if (w.strideX() == 1) {
      int width = w.outWidth() * filters;
      System.arraycopy(image, to, sums, 0, width);
      add(line, sums, width);
      System.arraycopy(sums, 0, image, to, width);
      return;
    }
    for (int outX = 0; outX < w.outWidth(); outX++) {
      add(line, outX * filters, image, to + outX * w.strideX() * filters, filters);
    }
  }

  private static int start(Window w, int filters, int outY, int place) {
    int y = outY * w.strideY() + place / w.windowWidth() * w.dilationY();
    return y * pitch(w, filters) + place % w.windowWidth() * w.dilationX() * filters;
  }

  private static void multiplyAdd(float[] a, float[] b, float[] sums, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += a[i] * b[i];
    }
  }

  private static void multiply(float[] a, float[] b, float[] product, int n) {
    for (int i = 0; i < n; i++) {
      product[i] = a[i] * b[i];
    }
  }

  private static void add(float[] x, float[] sums, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += x[i];
    }
  }

  private static void add(float[] x, int from, float[] sums, int to, int n) {
    for (int i = 0; i < n; i++) {
      sums[to + i] += x[from + i];
    }
  }

  private void reserve(Window w, int filters) {
    int width = w.outWidth() * filters;
    pixels = Images.reserve(pixels, w.width() * w.channels());
    image = Images.reserve(image, Images.paddedHeight(w) * pitch(w, filters));
    line = Images.reserve(line, width);
    row = Images.reserve(row, width);
    sums = Images.reserve(sums, width);
    if (weights.length < w.places() || weights[0].length < width) {
      weights = new float[w.places()][width];
    }
    written = Images.reserve(written, w.places() * filters);
  }
}
