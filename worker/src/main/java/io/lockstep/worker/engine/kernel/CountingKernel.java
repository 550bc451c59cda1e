package io.lockstep.worker.engine.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Computes nothing and counts: the operations of products and convolutions, two for each
 * multiplication with its addition, and the numbers that are allocated. A layer that works on it
 * says what it costs, as {@code torch.utils.flop_counter} counts: what is not a product is bound by
 * memory and adds nothing. Its buffers hold no memory and read as zeros. A new operation of the
 * kernel says here whether it is one that counts.
 */
public final class CountingKernel implements Kernel {
  private long operations;
  private long allocated;

  /** Operations of products since the kernel was made, or since this was asked last. */
  public long takeOperations() {
    long taken = operations;
    operations = 0;
    return taken;
  }

  /** Numbers allocated since the kernel was made, or since this was asked last. */
  public long takeAllocated() {
    long taken = allocated;
    allocated = 0;
    return taken;
  }

  private void count(long done) {
    operations = Math.addExact(operations, done);
  }

  @Override
  public Buffer allocate(int length) {
    allocated += length;
    return new Zeros(length);
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
    count(2L * m * n * k);
  }

  @Override
  public void fill(double value, Buffer y, int n) {}

  @Override
  public void copy(Buffer x, Buffer y, int n) {}

  @Override
  public void copyColumns(
      Buffer x,
      int xColumn,
      int xWidth,
      Buffer y,
      int yColumn,
      int yWidth,
      int rows,
      int columns) {}

  @Override
  public void affine(double a, Buffer x, double b, Buffer y, int n) {}

  @Override
  public void add(Buffer x, Buffer y, Buffer z, int n) {}

  @Override
  public void multiply(Buffer x, Buffer y, Buffer z, int n) {}

  @Override
  public void multiplyAdd(Buffer x, Buffer y, Buffer z, int n) {}

  @Override
  public void map(Pointwise f, Buffer x, Buffer y, int n) {}

  @Override
  public void mapGradient(Pointwise f, Buffer at, Buffer dy, Buffer dx, int n) {}

  @Override
  public void map(Parametric f, Buffer x, Buffer p, Buffer y, int n) {}

  @Override
  public void mapGradient(
      Parametric f, Buffer x, Buffer p, Buffer dy, Buffer dx, Target target, Buffer dp, int n) {}

  @Override
  public void relu(double slope, Buffer x, Buffer y, int n) {}

  @Override
  public void reluGradient(double slope, Buffer y, Buffer dy, Buffer dx, int n) {}

  @Override
  public void softmax(Buffer x, Buffer y, int rows, int columns) {}

  @Override
  public void softmaxGradient(Buffer y, Buffer dy, Buffer dx, int rows, int columns) {}

  @Override
  public void attentionWeights(
      double scale, Mask mask, int keys, int queries, Buffer scores, int offset) {}

  @Override
  public void attentionWeightsGradient(
      double scale,
      int keys,
      int queries,
      Buffer weights,
      int offset,
      Buffer gradient,
      int gradientOffset) {}

  @Override
  public void gather(Buffer table, int[] rows, int count, int width, Buffer y) {}

  @Override
  public void scatterAdd(Buffer x, int[] rows, int count, int width, Buffer table) {}

  @Override
  public void repeatRow(Buffer row, int offset, Buffer y, int rows, int columns) {}

  @Override
  public void sumRows(Buffer x, int rows, int columns, Target target, Buffer sums, int offset) {}

  @Override
  public double squares(Buffer x, int n) {
    return 0;
  }

  @Override
  public void transpose(Buffer x, Buffer y, int count, int rows, int columns) {}

  @Override
  public void unfold(Window window, Buffer images, int offset, int count, Buffer columns) {}

  @Override
  public void fold(Window window, Buffer columns, int count, Buffer images, int offset) {}

  @Override
  public void maxPool(Window window, Buffer x, int count, Buffer y) {}

  @Override
  public void maxPoolGradient(Window window, Buffer x, Buffer y, Buffer dy, int count, Buffer dx) {}

  @Override
  public void averagePool(Window window, Divisor divisor, Buffer x, int count, Buffer y) {}

  @Override
  public void averagePoolGradient(
      Window window, Divisor divisor, Buffer dy, int count, Buffer dx) {}

  @Override
  public void copyColumns(
      int rows, int columns, Buffer x, int xOffset, int ldx, Buffer y, int yOffset, int ldy) {}

  @Override
  public Depthwise depthwise() {
    return new DirectConvolution();
  }

  @Override
  public Winograd winograd() {
    return new NominalConvolution();
  }

  @Override
  public void moments(
      Buffer x, int offset, int rows, int columns, double[] mean, double[] variance) {}

  @Override
  public void affineColumns(
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] scale,
      double[] shift,
      Buffer y) {}

  @Override
  public void columnProducts(
      Buffer dy,
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] sums,
      double[] products) {}

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
      Buffer dx) {}

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
      double[] inverses) {}

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
      double[] products) {}

  @Override
  public void close() {}

  /** Every filter at every place of every position. */
  private final class DirectConvolution implements Depthwise {
    @Override
    public void forward(Window window, int multiplier, Buffer x, Buffer w, int count, Buffer z) {
      countPlaces(window, multiplier, count);
    }

    @Override
    public void inputGradient(
        Window window, int multiplier, Buffer w, Buffer dz, int count, Buffer dx) {
      countPlaces(window, multiplier, count);
    }

    @Override
    public void weightGradient(
        Window window, int multiplier, Buffer x, Buffer dz, int count, Buffer dw) {
      countPlaces(window, multiplier, count);
    }

    private void countPlaces(Window window, int multiplier, int images) {
      count(2L * images * window.positions() * window.rowSize() * multiplier);
    }
  }

  /**
   * A convolution costs what it would cost directly, however it is computed, so that figures can be
   * compared: each transform that stands beside the products over tiles adds what these count too
   * little.
   */
  private final class NominalConvolution implements Winograd {
    private int filters;

    @Override
    public void filter(Window window, int filters, Buffer w, Buffer u) {}

    @Override
    public void filterGradient(Window window, int filters, Buffer du, Buffer dw) {}

    @Override
    public void input(Window window, Buffer x, int offset, int count, Buffer v) {}

    @Override
    public void inputGradient(Window window, Buffer dv, int count, Buffer dx, int offset) {
      countDifference(window, count);
    }

    @Override
    public void output(Window window, int filters, Buffer m, int count, Target target, Buffer z) {
      this.filters = filters;
      countDifference(window, count);
    }

    /** Beside the products of the weights' gradient; those of the input's follow, if wanted. */
    @Override
    public void outputGradient(Window window, int filters, Buffer dz, int count, Buffer dm) {
      this.filters = filters;
      countDifference(window, count);
    }

    private void countDifference(Window window, int images) {
      long direct = (long) window.positions() * window.rowSize();
      long tiled = (long) Winograd.tiles(window) * Winograd.ELEMENTS * window.channels();
      count(2L * images * filters * (direct - tiled));
    }
  }

  /** Numbers that nobody keeps. */
  private record Zeros(int length) implements Buffer {
    @Override
    public double get(int index) {
      return 0;
    }

    @Override
    public void set(int index, double value) {}

    @Override
    public void read(int offset, float[] target, int at, int length) {
      Arrays.fill(target, at, at + length, 0);
    }

    @Override
    public void read(int offset, double[] target, int length) {
      Arrays.fill(target, 0, length, 0);
    }

    @Override
    public void write(int offset, double[] source, int length) {}

    @Override
    public void write(int offset, float[] source, int at, int length) {}

    @Override
    public Buffer view(int offset, int length) {
      return new Zeros(length);
    }
  }
}
