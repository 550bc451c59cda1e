package io.lockstep.worker.engine.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The reference: every operation in float64, in the loops of its definition. Gradient checks run
 * the layers on it, and the fast kernel is compared with it.
 */
public class PlainKernel implements Kernel {
  private final PointwiseBlocks pointwise = new PointwiseBlocks();

  @Override
  public Buffer allocate(int length) {
    return new DoubleArray(new double[length], 0, length);
  }

  @Override
  public void gemm(
      Transpose transposeA,
      Transpose transposeB,
      int m,
      int n,
      int k,
      Buffer a,
      int aOffset,
      int lda,
      Buffer b,
      int bOffset,
      int ldb,
      Target target,
      Buffer c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          int inA = transposeA == Transpose.NO ? i * lda + l : l * lda + i;
          int inB = transposeB == Transpose.NO ? l * ldb + j : j * ldb + l;
          sum += a.get(aOffset + inA) * b.get(bOffset + inB);
        }
        put(target, c, cOffset + i * ldc + j, sum);
      }
    }
  }

  @Override
  public void fill(double value, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, value);
    }
  }

  @Override
  public void copy(Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, x.get(i));
    }
  }

  @Override
  public void copyColumns(
      Buffer x, int xColumn, int xWidth, Buffer y, int yColumn, int yWidth, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        y.set(r * yWidth + yColumn + c, x.get(r * xWidth + xColumn + c));
      }
    }
  }

  @Override
  public void affine(double a, Buffer x, double b, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, a * x.get(i) + b);
    }
  }

  @Override
  public void add(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i++) {
      z.set(i, x.get(i) + y.get(i));
    }
  }

  @Override
  public void multiply(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i++) {
      z.set(i, x.get(i) * y.get(i));
    }
  }

  @Override
  public void multiplyAdd(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i++) {
      z.set(i, z.get(i) + x.get(i) * y.get(i));
    }
  }

  @Override
  public void map(Pointwise f, Buffer x, Buffer y, int n) {
    pointwise.map(f, x, y, n);
  }

  @Override
  public void mapGradient(Pointwise f, Buffer at, Buffer dy, Buffer dx, int n) {
    pointwise.mapGradient(f, at, dy, dx, n);
  }

  @Override
  public void map(Parametric f, Buffer x, Buffer p, Buffer y, int n) {
    pointwise.map(f, x, p, y, n);
  }

  @Override
  public void mapGradient(
      Parametric f, Buffer x, Buffer p, Buffer dy, Buffer dx, Target target, Buffer dp, int n) {
    pointwise.mapGradient(f, x, p, dy, dx, target, dp, n);
  }

  @Override
  public void relu(double slope, Buffer x, Buffer y, int n) {
    for (int i = 0; i < n; i++) {
      y.set(i, Math.max(x.get(i), slope * x.get(i)));
    }
  }

  @Override
  public void reluGradient(double slope, Buffer y, Buffer dy, Buffer dx, int n) {
    for (int i = 0; i < n; i++) {
      dx.set(i, y.get(i) > 0 ? dy.get(i) : slope * dy.get(i));
    }
  }

  @Override
  public void softmax(Buffer x, Buffer y, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      int row = r * columns;
      double largest = x.get(row);
      for (int c = 1; c < columns; c++) {
        largest = Math.max(largest, x.get(row + c));
      }
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        y.set(row + c, StrictMath.exp(x.get(row + c) - largest));
        sum += y.get(row + c);
      }
      for (int c = 0; c < columns; c++) {
        y.set(row + c, y.get(row + c) / sum);
      }
    }
  }

  @Override
  public void softmaxGradient(Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      int row = r * columns;
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        sum += y.get(row + c) * dy.get(row + c);
      }
      for (int c = 0; c < columns; c++) {
        dx.set(row + c, y.get(row + c) * (dy.get(row + c) - sum));
      }
    }
  }

  @Override
  public void attentionWeights(
      double scale, Mask mask, int keys, int queries, Buffer scores, int offset) {
    for (int query = 0; query < queries; query++) {
      int seen = mask == Mask.CAUSAL ? Math.min(query + 1, keys) : keys;
      double largest = Double.NEGATIVE_INFINITY;
      for (int key = 0; key < seen; key++) {
        largest = Math.max(largest, scores.get(offset + key * queries + query));
      }
      double sum = 0;
      for (int key = 0; key < keys; key++) {
        int at = offset + key * queries + query;
        double power = key < seen ? StrictMath.exp(scale * (scores.get(at) - largest)) : 0;
        scores.set(at, power);
        sum += power;
      }
      for (int key = 0; key < keys; key++) {
        int at = offset + key * queries + query;
        scores.set(at, scores.get(at) / sum);
      }
    }
  }

  @Override
  public void attentionWeightsGradient(
      double scale,
      int keys,
      int queries,
      Buffer weights,
      int offset,
      Buffer gradient,
      int gradientOffset) {
    for (int query = 0; query < queries; query++) {
      double sum = 0;
      for (int key = 0; key < keys; key++) {
        int at = key * queries + query;
        sum += weights.get(offset + at) * gradient.get(gradientOffset + at);
      }
      for (int key = 0; key < keys; key++) {
        int at = key * queries + query;
        double dw = gradient.get(gradientOffset + at);
        gradient.set(gradientOffset + at, scale * weights.get(offset + at) * (dw - sum));
      }
    }
  }

  @Override
  public void gather(Buffer table, int[] rows, int count, int width, Buffer y) {
    for (int k = 0; k < count; k++) {
      for (int c = 0; c < width; c++) {
        y.set(k * width + c, table.get(rows[k] * width + c));
      }
    }
  }

  @Override
  public void scatterAdd(Buffer x, int[] rows, int count, int width, Buffer table) {
    for (int k = 0; k < count; k++) {
      for (int c = 0; c < width; c++) {
        int at = rows[k] * width + c;
        table.set(at, table.get(at) + x.get(k * width + c));
      }
    }
  }

  @Override
  public void repeatRow(Buffer row, int offset, Buffer y, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        y.set(r * columns + c, row.get(offset + c));
      }
    }
  }

  @Override
  public void sumRows(Buffer x, int rows, int columns, Target target, Buffer sums, int offset) {
    for (int c = 0; c < columns; c++) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += x.get(r * columns + c);
      }
      put(target, sums, offset + c, sum);
    }
  }

  @Override
  public double squares(Buffer x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x.get(i) * x.get(i);
    }
    return sum;
  }

  @Override
  public void transpose(Buffer x, Buffer y, int count, int rows, int columns) {
    for (int m = 0; m < count; m++) {
      int matrix = m * rows * columns;
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          y.set(matrix + c * rows + r, x.get(matrix + r * columns + c));
        }
      }
    }
  }

  @Override
  public void unfold(Window window, Buffer images, int offset, int count, Buffer columns) {
    eachPlace(
        window,
        count,
        (position, place, pixel) -> {
          for (int c = 0; c < window.channels(); c++) {
            double value = pixel < 0 ? 0 : images.get(offset + pixel * window.channels() + c);
            columns.set((position * window.places() + place) * window.channels() + c, value);
          }
        });
  }

  @Override
  public void fold(Window window, Buffer columns, int count, Buffer images, int offset) {
    fill(0, images.view(offset, count * window.imageSize()), count * window.imageSize());
    eachPlace(
        window,
        count,
        (position, place, pixel) -> {
          for (int c = 0; c < window.channels() && pixel >= 0; c++) {
            int from = (position * window.places() + place) * window.channels() + c;
            put(Target.ADD, images, offset + pixel * window.channels() + c, columns.get(from));
          }
        });
  }

  @Override
  public void maxPool(Window window, Buffer x, int count, Buffer y) {
    fill(Double.NEGATIVE_INFINITY, y, count * window.outSize());
    eachPlace(
        window,
        count,
        (position, place, pixel) -> {
          for (int c = 0; c < window.channels() && pixel >= 0; c++) {
            int out = position * window.channels() + c;
            double seen = x.get(pixel * window.channels() + c);
            y.set(out, Math.max(y.get(out), seen));
          }
        });
  }

  @Override
  public void maxPoolGradient(Window window, Buffer x, Buffer y, Buffer dy, int count, Buffer dx) {
    fill(0, dx, count * window.imageSize());
    boolean[] given = new boolean[count * window.outSize()];
    eachPlace(
        window,
        count,
        (position, place, pixel) -> {
          for (int c = 0; c < window.channels() && pixel >= 0; c++) {
            int in = pixel * window.channels() + c;
            int out = position * window.channels() + c;
            if (!given[out] && x.get(in) == y.get(out)) {
              given[out] = true;
              put(Target.ADD, dx, in, dy.get(out));
            }
          }
        });
  }

  @Override
  public void averagePool(Window window, Divisor divisor, Buffer x, int count, Buffer y) {
    fill(0, y, count * window.outSize());
    int[] divisors = divisors(window, divisor);
    eachPlace(
        window,
        count,
        (position, place, pixel) -> {
          for (int c = 0; c < window.channels() && pixel >= 0; c++) {
            double part =
                x.get(pixel * window.channels() + c) / divisors[position % window.positions()];
            put(Target.ADD, y, position * window.channels() + c, part);
          }
        });
  }

  @Override
  public void averagePoolGradient(Window window, Divisor divisor, Buffer dy, int count, Buffer dx) {
    fill(0, dx, count * window.imageSize());
    int[] divisors = divisors(window, divisor);
    eachPlace(
        window,
        count,
        (position, place, pixel) -> {
          for (int c = 0; c < window.channels() && pixel >= 0; c++) {
            double part =
                dy.get(position * window.channels() + c) / divisors[position % window.positions()];
            put(Target.ADD, dx, pixel * window.channels() + c, part);
          }
        });
  }

  private static int[] divisors(Window window, Divisor divisor) {
    int[] divisors = new int[window.positions()];
    eachPlace(
        window,
        1,
        (position, place, pixel) ->
            divisors[position] += divisor == Divisor.PLACES || pixel >= 0 ? 1 : 0);
    return divisors;
  }

  @Override
  public void copyColumns(
      int rows, int columns, Buffer x, int xOffset, int ldx, Buffer y, int yOffset, int ldy) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        y.set(yOffset + r * ldy + c, x.get(xOffset + r * ldx + c));
      }
    }
  }

  @Override
  public Depthwise depthwise() {
    return new PlainDepthwise();
  }

  @Override
  public Winograd winograd() {
    return new PlainWinograd();
  }

  /** What is done at every place of a window at every position. */
  interface Visitor {
    /**
     * Visits a place.
     *
     * @param position the window's place in the output, over all images
     * @param place the number within the window
     * @param pixel what lies there, over all images; -1 outside of the image
     */
    void visit(int position, int place, int pixel);
  }

  /** Visits image by image, position by position, place by place. */
  static void eachPlace(Window w, int count, Visitor visitor) {
    int position = 0;
    for (int image = 0; image < count; image++) {
      for (int outY = 0; outY < w.outHeight(); outY++) {
        for (int outX = 0; outX < w.outWidth(); outX++) {
          for (int place = 0; place < w.places(); place++) {
            int y = outY * w.strideY() - w.padTop() + place / w.windowWidth() * w.dilationY();
            int x = outX * w.strideX() - w.padLeft() + place % w.windowWidth() * w.dilationX();
            boolean inside = y >= 0 && y < w.height() && x >= 0 && x < w.width();
            visitor.visit(position, place, inside ? (image * w.height() + y) * w.width() + x : -1);
          }
          position++;
        }
      }
    }
  }

  /** Nothing to give back: the garbage collector has it. */
  @Override
  public void moments(
      Buffer x, int offset, int rows, int columns, double[] mean, double[] variance) {
    for (int c = 0; c < columns; c++) {
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += x.get(offset + r * columns + c);
      }
      mean[c] = rows == 0 ? 0 : sum / rows;
      double squares = 0;
      for (int r = 0; r < rows; r++) {
        double centred = x.get(offset + r * columns + c) - mean[c];
        squares += centred * centred;
      }
      variance[c] = rows == 0 ? 0 : squares / rows;
    }
  }

  @Override
  public void affineColumns(
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] scale,
      double[] shift,
      Buffer y) {
    for (int i = 0; i < rows * columns; i++) {
      int c = i % columns;
      y.set(offset + i, (x.get(offset + i) - centre[c]) * scale[c] + shift[c]);
    }
  }

  @Override
  public void columnProducts(
      Buffer dy,
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] sums,
      double[] products) {
    for (int c = 0; c < columns; c++) {
      sums[c] = 0;
      products[c] = 0;
      for (int i = offset + c; i < offset + rows * columns; i += columns) {
        sums[c] += dy.get(i);
        products[c] += dy.get(i) * (x.get(i) - centre[c]);
      }
    }
  }

  @Override
  public void combineColumns(
      Buffer dy,
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] a,
      double[] b,
      double[] c,
      Buffer dx) {
    for (int i = 0; i < rows * columns; i++) {
      int j = i % columns;
      dx.set(offset + i, a[j] * dy.get(offset + i) + b[j] * (x.get(offset + i) - centre[j]) + c[j]);
    }
  }

  @Override
  public void normalizeRows(
      Buffer x,
      int rows,
      int columns,
      Centre centre,
      double epsilon,
      @Nullable Buffer gain,
      @Nullable Buffer shift,
      Buffer y,
      double[] means,
      double[] inverses) {
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int c = 0; c < columns; c++) {
        sum += x.get(r * columns + c);
      }
      means[r] = centre == Centre.MEAN ? sum / columns : 0;
      double squares = 0;
      for (int c = 0; c < columns; c++) {
        double centred = x.get(r * columns + c) - means[r];
        squares += centred * centred;
      }
      inverses[r] = 1 / Math.sqrt(squares / columns + epsilon);
      for (int c = 0; c < columns; c++) {
        double h = (x.get(r * columns + c) - means[r]) * inverses[r];
        double scaled = gain == null ? h : h * gain.get(c);
        y.set(r * columns + c, shift == null ? scaled : scaled + shift.get(c));
      }
    }
  }

  @Override
  public void normalizeRowsGradient(
      Buffer x,
      Buffer dy,
      int rows,
      int columns,
      Centre centre,
      double[] means,
      double[] inverses,
      @Nullable Buffer gain,
      @Nullable Buffer dx,
      double[] sums,
      double[] products) {
    Arrays.fill(sums, 0, columns, 0);
    Arrays.fill(products, 0, columns, 0);
    double[] g = new double[columns];
    double[] h = new double[columns];
    for (int r = 0; r < rows; r++) {
      double ofG = 0;
      double ofGh = 0;
      for (int c = 0; c < columns; c++) {
        double upstream = dy.get(r * columns + c);
        h[c] = (x.get(r * columns + c) - means[r]) * inverses[r];
        g[c] = gain == null ? upstream : upstream * gain.get(c);
        sums[c] += upstream;
        products[c] += upstream * h[c];
        ofG += g[c] / columns;
        ofGh += g[c] * h[c] / columns;
      }
      for (int c = 0; c < columns && dx != null; c++) {
        double mean = centre == Centre.MEAN ? ofG : 0;
        dx.set(r * columns + c, inverses[r] * (g[c] - mean - h[c] * ofGh));
      }
    }
  }

  @Override
  public void close() {}

  private static void put(Target target, Buffer c, int index, double value) {
    c.set(index, target == Target.SET ? value : c.get(index) + value);
  }
}
