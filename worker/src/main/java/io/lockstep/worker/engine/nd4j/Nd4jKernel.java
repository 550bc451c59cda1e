package io.lockstep.worker.engine.nd4j;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sdot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Depthwise;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.FloatPointwise;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Parametric;
import io.lockstep.worker.engine.kernel.Pointwise;
import io.lockstep.worker.engine.kernel.PointwiseBlocks;
import io.lockstep.worker.engine.kernel.Window;
import io.lockstep.worker.engine.kernel.Winograd;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernel for training: float32 in ND4J's memory. Products and sums over rows go straight to the
 * OpenBLAS that ND4J brings (a call costs 0.5 microseconds where one through ND4J's arrays costs
 * 28); everything else is a plain loop over heap arrays, to which blocks are copied in and from
 * which they are copied out. Such a copy takes 0.03 ns a number in cache, and C2 vectorises loops
 * over heap arrays on one index, which it does not do for native memory (0.11 against 0.23 to 0.5
 * ns a number).
 */
public final class Nd4jKernel implements Kernel {
  /** Three blocks of 8 KiB lie in the first cache together. */
  static final int BLOCK = 2048;

  /** Elements that are added up in float32. */
  private static final int SQUARES_RUN = 1 << 14;

  private final Address a = new Address();
  private final Address b = new Address();
  private final Address c = new Address();
  private final float[] first = new float[BLOCK];
  private final float[] second = new float[BLOCK];
  private final float[] third = new float[BLOCK];
  private final PointwiseBlocks pointwise = new PointwiseBlocks();
  private final Images images = new Images();
  private final Depthwise depthwise = new DirectDepthwise();
  private final FloatPointwiseBlocks floatPointwise = new FloatPointwiseBlocks();
  private final Winograd winograd = new RowWinograd();
  private final Attention attention = new Attention();
  private final Norms norms = new Norms();
  private final List<FloatMemory> owned = new ArrayList<>();
  private double[] row = new double[BLOCK];
  private double[] upstream = new double[BLOCK];
  private double[] scratch = new double[BLOCK];
  private final float[] block = new float[FloatMemory.BLOCK];
  private FloatMemory ones = FloatMemory.zeros(0);

  @Override
  public Buffer allocate(int length) {
    FloatMemory memory = FloatMemory.zeros(length, block);
    owned.add(memory);
    return memory;
  }

  @Override
  public void gemm(
      Transpose transposeA,
      Transpose transposeB,
      int m,
      int n,
      int k,
      Buffer bufferA,
      int aOffset,
      int lda,
      Buffer bufferB,
      int bOffset,
      int ldb,
      Target target,
      Buffer bufferC,
      int cOffset,
      int ldc) {
    if (m == 0 || n == 0 || (k == 0 && target == Target.ADD)) {
      return;
    }
    cblas_sgemm(
        CblasRowMajor,
        transposeA == Transpose.NO ? CblasNoTrans : CblasTrans,
        transposeB == Transpose.NO ? CblasNoTrans : CblasTrans,
        m,
        n,
        k,
        1,
        a.at(memory(bufferA).address(aOffset)),
        lda,
        b.at(memory(bufferB).address(bOffset)),
        ldb,
        beta(target),
        c.at(memory(bufferC).address(cOffset)),
        ldc);
  }

  @Override
  public void sumRows(Buffer x, int rows, int columns, Target target, Buffer sums, int offset) {
    if (rows == 0 && target == Target.SET) {
      fill(0, sums.view(offset, columns), columns); // BLAS returns early and leaves what was there
    }
    if (rows == 0 || columns == 0) {
      return;
    }
    cblas_sgemv(
        CblasRowMajor,
        CblasTrans,
        rows,
        columns,
        1,
        a.at(memory(x).address(0)),
        columns,
        b.at(ones(rows).address(0)),
        1,
        beta(target),
        c.at(memory(sums).address(offset)),
        1);
  }

  /**
   * BLAS sums a run in float32, in as many lanes as a register has; the runs are added in double.
   * At 0.05 ns a number it costs a fifth of a plain loop in double, and an engine does it for every
   * parameter of every slice.
   */
  @Override
  public double squares(Buffer x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i += SQUARES_RUN) {
      a.at(memory(x).address(i));
      sum += cblas_sdot(Math.min(SQUARES_RUN, n - i), a, 1, a, 1);
    }
    return sum;
  }

  private FloatMemory ones(int length) {
    if (ones.length() < length) {
      ones.close();
      ones = FloatMemory.zeros(length);
      fill(1, ones, length);
    }
    return ones;
  }

  private static float beta(Target target) {
    return target == Target.SET ? 0 : 1;
  }

  @Override
  public void fill(double value, Buffer y, int n) {
    java.util.Arrays.fill(first, (float) value);
    for (int i = 0; i < n; i += BLOCK) {
      y.write(i, first, 0, Math.min(BLOCK, n - i));
    }
  }

  @Override
  public void copy(Buffer x, Buffer y, int n) {
    memory(y).data().put(0, memory(x).data(), 0, n);
  }

  @Override
  public void copyColumns(
      Buffer x, int xColumn, int xWidth, Buffer y, int yColumn, int yWidth, int rows, int columns) {
    var source = memory(x).data();
    var target = memory(y).data();
    for (int r = 0; r < rows; r++) {
      target.put(r * yWidth + yColumn, source, r * xWidth + xColumn, columns);
    }
  }

  @Override
  public void affine(double a, Buffer x, double b, Buffer y, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, first, 0, length);
      affine((float) a, first, (float) b, length);
      y.write(i, first, 0, length);
    }
  }

  private static void affine(float a, float[] x, float b, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = a * x[i] + b;
    }
  }

  @Override
  public void add(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, first, 0, length);
      y.read(i, second, 0, length);
      add(first, second, length);
      z.write(i, first, 0, length);
    }
  }

  private static void add(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] + y[i];
    }
  }

  @Override
  public void multiply(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, first, 0, length);
      y.read(i, second, 0, length);
      multiply(first, second, length);
      z.write(i, first, 0, length);
    }
  }

  private static void multiply(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = x[i] * y[i];
    }
  }

  @Override
  public void multiplyAdd(Buffer x, Buffer y, Buffer z, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, first, 0, length);
      y.read(i, second, 0, length);
      z.read(i, third, 0, length);
      multiplyAdd(first, second, third, length);
      z.write(i, third, 0, length);
    }
  }

  private static void multiplyAdd(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = z[i] + x[i] * y[i];
    }
  }

  @Override
  public void map(Pointwise f, Buffer x, Buffer y, int n) {
    if (f instanceof FloatPointwise inFloat) {
      floatPointwise.map(inFloat, x, y, n);
      return;
    }
    pointwise.map(f, x, y, n);
  }

  @Override
  public void mapGradient(Pointwise f, Buffer at, Buffer dy, Buffer dx, int n) {
    if (f instanceof FloatPointwise inFloat) {
      floatPointwise.mapGradient(inFloat, at, dy, dx, n);
      return;
    }
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
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      x.read(i, first, 0, length);
      relu((float) slope, first, length);
      y.write(i, first, 0, length);
    }
  }

  private static void relu(float slope, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(x[i], slope * x[i]);
    }
  }

  @Override
  public void reluGradient(double slope, Buffer y, Buffer dy, Buffer dx, int n) {
    for (int i = 0; i < n; i += BLOCK) {
      int length = Math.min(BLOCK, n - i);
      y.read(i, first, 0, length);
      dy.read(i, second, 0, length);
      reluGradient((float) slope, first, second, length);
      dx.write(i, second, 0, length);
    }
  }

  /**
   * Without a branch, because C2 vectorises none: min(y * 1e38 * 1e38, 1) is 1 for every y above 0,
   * down to the least denormal, 0 for 0, and below 0 it is below 0, which the slope replaces.
   */
  private static void reluGradient(float slope, float[] y, float[] dy, int n) {
    for (int i = 0; i < n; i++) {
      dy[i] = dy[i] * Math.max(Math.min(y[i] * 1e38f * 1e38f, 1), slope);
    }
  }

  @Override
  public void softmax(Buffer x, Buffer y, int rows, int columns) {
    reserveRow(columns);
    for (int r = 0; r < rows; r++) {
      x.read(r * columns, row, columns);
      softmax(row, upstream, scratch, columns);
      y.write(r * columns, upstream, columns);
    }
  }

  private static void softmax(double[] x, double[] y, double[] scratch, int n) {
    double largest = x[0];
    for (int i = 1; i < n; i++) {
      largest = Math.max(largest, x[i]);
    }
    for (int i = 0; i < n; i++) {
      x[i] = x[i] - largest;
    }
    Elementary.exp(x, y, scratch, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += y[i];
    }
    for (int i = 0; i < n; i++) {
      y[i] = y[i] / sum;
    }
  }

  @Override
  public void softmaxGradient(Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    reserveRow(columns);
    for (int r = 0; r < rows; r++) {
      y.read(r * columns, row, columns);
      dy.read(r * columns, upstream, columns);
      softmaxGradient(row, upstream, columns);
      dx.write(r * columns, upstream, columns);
    }
  }

  private static void softmaxGradient(double[] y, double[] dy, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += y[i] * dy[i];
    }
    for (int i = 0; i < n; i++) {
      dy[i] = y[i] * (dy[i] - sum);
    }
  }

  private void reserveRow(int columns) {
    if (row.length < columns) {
      row = new double[columns];
      upstream = new double[columns];
      scratch = new double[columns];
    }
  }

  @Override
  public void attentionWeights(
      double scale, Mask mask, int keys, int queries, Buffer scores, int offset) {
    attention.weights(scale, mask, keys, queries, scores, offset);
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
    attention.gradient(scale, keys, queries, weights, offset, gradient, gradientOffset);
  }

  @Override
  public void gather(Buffer table, int[] rows, int count, int width, Buffer y) {
    var source = memory(table).data();
    var target = memory(y).data();
    for (int k = 0; k < count; k++) {
      target.put(k * width, source, rows[k] * width, width);
    }
  }

  @Override
  public void scatterAdd(Buffer x, int[] rows, int count, int width, Buffer table) {
    for (int k = 0; k < count; k++) {
      cblas_saxpy(
          width,
          1,
          a.at(memory(x).address(k * width)),
          1,
          b.at(memory(table).address(rows[k] * width)),
          1);
    }
  }

  @Override
  public void repeatRow(Buffer vector, int offset, Buffer y, int rows, int columns) {
    if (columns > BLOCK / 2) {
      var target = memory(y).data();
      for (int r = 0; r < rows; r++) {
        target.put(r * columns, memory(vector).data(), offset, columns);
      }
      return;
    }
    int rowsInBlock = BLOCK / Math.max(columns, 1);
    vector.read(offset, first, 0, columns);
    for (int r = 1; r < Math.min(rowsInBlock, rows); r++) {
      System.arraycopy(first, 0, first, r * columns, columns);
    }
    for (int r = 0; r < rows; r += rowsInBlock) {
      y.write(r * columns, first, 0, Math.min(rowsInBlock, rows - r) * columns);
    }
  }

  @Override
  public void transpose(Buffer x, Buffer y, int count, int rows, int columns) {
    images.transpose(x, y, count, rows, columns);
  }

  @Override
  public void unfold(Window window, Buffer source, int offset, int count, Buffer columns) {
    images.unfold(window, source, offset, count, columns);
  }

  @Override
  public void fold(Window window, Buffer columns, int count, Buffer target, int offset) {
    images.fold(window, columns, count, target, offset);
  }

  @Override
  public void maxPool(Window window, Buffer x, int count, Buffer y) {
    images.maxPool(window, x, count, y);
  }

  @Override
  public void maxPoolGradient(Window window, Buffer x, Buffer y, Buffer dy, int count, Buffer dx) {
    images.maxPoolGradient(window, x, y, dy, count, dx);
  }

  @Override
  public void averagePool(Window window, Divisor divisor, Buffer x, int count, Buffer y) {
    images.averagePool(window, divisor, x, count, y);
  }

  @Override
  public void averagePoolGradient(Window window, Divisor divisor, Buffer dy, int count, Buffer dx) {
    images.averagePoolGradient(window, divisor, dy, count, dx);
  }

  @Override
  public void copyColumns(
      int rows, int columns, Buffer x, int xOffset, int ldx, Buffer y, int yOffset, int ldy) {
    FloatBuffer source = memory(x).data();
    FloatBuffer target = memory(y).data();
    for (int r = 0; r < rows; r++) {
      target.put(yOffset + r * ldy, source, xOffset + r * ldx, columns);
    }
  }

  @Override
  public Depthwise depthwise() {
    return depthwise;
  }

  @Override
  public Winograd winograd() {
    return winograd;
  }

  @Override
  public void moments(
      Buffer x, int offset, int rows, int columns, double[] mean, double[] variance) {
    norms.moments(x, offset, rows, columns, mean, variance);
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
    norms.affineColumns(x, offset, rows, columns, centre, scale, shift, y);
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
    norms.columnProducts(dy, x, offset, rows, columns, centre, sums, products);
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
    norms.combineColumns(dy, x, offset, rows, columns, centre, a, b, c, dx);
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
    norms.normalizeRows(
        x, rows, columns, centre == Centre.MEAN, epsilon, gain, shift, y, means, inverses);
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
    boolean centred = centre == Centre.MEAN;
    norms.normalizeRowsGradient(
        x, dy, rows, columns, centred, means, inverses, gain, dx, sums, products);
  }

  @Override
  public void close() {
    owned.forEach(FloatMemory::close);
    owned.clear();
    ones.close();
  }

  private static FloatMemory memory(Buffer buffer) {
    return (FloatMemory) buffer;
  }
}
