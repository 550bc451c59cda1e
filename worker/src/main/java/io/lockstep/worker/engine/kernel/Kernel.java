package io.lockstep.worker.engine.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The seam under the layers: the arithmetic they are written in. One implementation computes in
 * float32 on native memory and BLAS, for training; {@link PlainKernel} computes the same in float64
 * in clear loops, for checking. Layers, activations and losses are written once against this.
 *
 * <p>Matrices are row-major and dense. Element-wise operations work on the first {@code n} elements
 * of their buffers, or on the elements from an offset where one is given ({@link Buffer#view} gives
 * others); input and output may be the same buffer, but must not overlap otherwise. Every operation
 * takes its sums in an order that follows from the shapes alone, so that equal inputs give equal
 * bits.
 *
 * <p>An instance belongs to one thread, and owns the buffers that it makes.
 */
public interface Kernel extends AutoCloseable {
  /** Whether a matrix enters a product as it lies or transposed. */
  enum Transpose {
    /** As it lies. */
    NO,
    /** Rows and columns exchanged. */
    YES
  }

  /** What a product does with what its target holds. */
  enum Target {
    /** C = product. */
    SET,
    /** C = C + product. */
    ADD
  }

  /** Which keys a query of attention sees. */
  enum Mask {
    /** All. */
    NONE,
    /** Those at its own position and before. */
    CAUSAL
  }

  /** What the mean of a window's numbers divides their sum by. */
  enum Divisor {
    /** All places of the window, those in the padding too. */
    PLACES,
    /** The pixels that it sees. */
    PIXELS
  }

  /** A new buffer of zeros, which lasts until the kernel is closed. */
  Buffer allocate(int length);

  /**
   * C = op(A) op(B), or C = C + op(A) op(B).
   *
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B)
   * @param a op(A) is [m, k]; its first element is at {@code aOffset}, its rows as they lie are
   *     {@code lda} elements apart
   * @param b op(B) is [k, n]
   * @param c [m, n], must not overlap a or b
   */
  void gemm(
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
      int ldc);

  /** y = value. */
  void fill(double value, Buffer y, int n);

  /** y = x. */
  void copy(Buffer x, Buffer y, int n);

  /**
   * Copies some columns of a matrix to some of another.
   *
   * @param x [rows, xWidth], of which the columns from {@code xColumn} on are copied
   * @param y [rows, yWidth], of which the columns from {@code yColumn} on are written
   * @param columns how many
   */
  void copyColumns(
      Buffer x, int xColumn, int xWidth, Buffer y, int yColumn, int yWidth, int rows, int columns);

  /** y = a x + b. */
  void affine(double a, Buffer x, double b, Buffer y, int n);

  /** z = x + y. */
  void add(Buffer x, Buffer y, Buffer z, int n);

  /** z = x y. */
  void multiply(Buffer x, Buffer y, Buffer z, int n);

  /** z = z + x y. */
  void multiplyAdd(Buffer x, Buffer y, Buffer z, int n);

  /**
   * y = f(x), number by number.
   *
   * @param x [n]
   * @param y [n], written; may be the same buffer as x
   */
  void map(Pointwise f, Buffer x, Buffer y, int n);

  /**
   * dx = dy f', number by number.
   *
   * @param at [n], what f takes its derivative from: its input or, where {@link
   *     Pointwise#fromOutput}, its output
   * @param dy [n]
   * @param dx [n], written; may be the same buffer as dy
   */
  void mapGradient(Pointwise f, Buffer at, Buffer dy, Buffer dx, int n);

  /**
   * y = f(x, p), number by number; number i of x goes with number i mod k of p.
   *
   * @param x [n]
   * @param p [k], all of the buffer
   * @param y [n], written; may be the same buffer as x
   */
  void map(Parametric f, Buffer x, Buffer p, Buffer y, int n);

  /**
   * dx = dy df/dx, number by number, and dp = the sums of dy df/dp over the numbers that go with
   * each p, in double and in their order.
   *
   * @param x [n], what went into {@link #map(Parametric, Buffer, Buffer, Buffer, int)}
   * @param p [k], all of the buffer
   * @param dy [n]
   * @param dx [n], written; may be the same buffer as dy
   * @param target what happens with the sums
   * @param dp [k]
   */
  void mapGradient(
      Parametric f, Buffer x, Buffer p, Buffer dy, Buffer dx, Target target, Buffer dp, int n);

  /**
   * y = max(x, slope x): relu for slope 0, leaky relu above. NaN stays NaN.
   *
   * @param slope in [0, 1)
   */
  void relu(double slope, Buffer x, Buffer y, int n);

  /**
   * dx = dy where y is above 0, else slope dy: the gradient of {@link #relu} from its output.
   *
   * @param slope in [0, 1)
   */
  void reluGradient(double slope, Buffer y, Buffer dy, Buffer dx, int n);

  /**
   * y = e^(x - max x) / sum e^(x - max x), a row.
   *
   * @param x [rows, columns]
   * @param y [rows, columns]
   */
  void softmax(Buffer x, Buffer y, int rows, int columns);

  /**
   * dx = y (dy - sum(y dy)), a row: the gradient of {@link #softmax} from its output.
   *
   * @param y [rows, columns], as dy and dx
   */
  void softmaxGradient(Buffer y, Buffer dy, Buffer dx, int rows, int columns);

  /**
   * The weights of attention from its scores s, in place; Vaswani et al. (2017), eq. 1, transposed:
   * a column for each query,
   *
   * <pre>{@code w_ij = e^(scale (s_ij - max_i s_ij)) / sum_i e^(scale (s_ij - max_i s_ij))}</pre>
   *
   * over the keys i that query j sees, and 0 for the others.
   *
   * @param scale above 0
   * @param scores [keys, queries] from {@code offset} on
   */
  void attentionWeights(double scale, Mask mask, int keys, int queries, Buffer scores, int offset);

  /**
   * The gradient of {@link #attentionWeights} from its output w, in place: ds_ij = scale w_ij
   * (dw_ij - sum_i w_ij dw_ij).
   *
   * @param weights [keys, queries] from {@code offset} on; not modified
   * @param gradient [keys, queries] from {@code gradientOffset} on: dw, then ds
   */
  void attentionWeightsGradient(
      double scale,
      int keys,
      int queries,
      Buffer weights,
      int offset,
      Buffer gradient,
      int gradientOffset);

  /**
   * y_k = the table's row rows[k].
   *
   * @param table [any, width]
   * @param rows [count] and more, each a row of the table
   * @param y [count, width], written
   */
  void gather(Buffer table, int[] rows, int count, int width, Buffer y);

  /**
   * Adds row k of x to the table's row rows[k], for k = 0, 1, ... in this order: the gradient of
   * {@link #gather}.
   *
   * @param x [count, width]
   * @param rows [count] and more, each a row of the table
   * @param table [any, width]
   */
  void scatterAdd(Buffer x, int[] rows, int count, int width, Buffer table);

  /**
   * y = the row, in every row: what a layer's bias is before the product is added to it.
   *
   * @param row [columns] from {@code offset} on
   * @param y [rows, columns]
   */
  void repeatRow(Buffer row, int offset, Buffer y, int rows, int columns);

  /**
   * Sums over the rows, in the order of the rows.
   *
   * @param x [rows, columns]
   * @param sums [columns] from {@code offset} on
   */
  void sumRows(Buffer x, int rows, int columns, Target target, Buffer sums, int offset);

  /** The sum of x^2: of a gradient, as large as it may be, to about six digits. */
  double squares(Buffer x, int n);

  /**
   * y = x transposed, matrix by matrix: images from channels first to channels last and back.
   *
   * @param x [count, rows, columns]
   * @param y [count, columns, rows], written; another buffer than x
   */
  void transpose(Buffer x, Buffer y, int count, int rows, int columns);

  /**
   * Lays what every position of the window sees into a row, so that a convolution is a product;
   * what lies outside of the image is 0.
   *
   * @param images [count, height, width, channels]; the first is at {@code offset}
   * @param columns [count outHeight outWidth, windowHeight windowWidth channels], written
   */
  void unfold(Window window, Buffer images, int offset, int count, Buffer columns);

  /**
   * The gradient of {@link #unfold}: every pixel becomes the sum of all places where it was laid,
   * in the order of the positions.
   *
   * @param columns [count outHeight outWidth, windowHeight windowWidth channels]
   * @param images [count, height, width, channels]; the first is at {@code offset}; written
   */
  void fold(Window window, Buffer columns, int count, Buffer images, int offset);

  /**
   * The largest of the pixels that the window sees, a channel. It sees at least one.
   *
   * @param x [count, height, width, channels]
   * @param y [count, outHeight, outWidth, channels], written
   */
  void maxPool(Window window, Buffer x, int count, Buffer y);

  /**
   * The gradient of {@link #maxPool}: each dy goes to the first place of its window, row by row,
   * that holds the largest number.
   *
   * @param x [count, height, width, channels], what went in
   * @param y [count, outHeight, outWidth, channels], what came out
   * @param dy [count, outHeight, outWidth, channels]
   * @param dx [count, height, width, channels], written; another buffer than the others
   */
  void maxPoolGradient(Window window, Buffer x, Buffer y, Buffer dy, int count, Buffer dx);

  /**
   * The mean of what the window sees, a channel, with zeros outside of the image.
   *
   * @param divisor what the sum is divided by
   * @param x [count, height, width, channels]
   * @param y [count, outHeight, outWidth, channels], written
   */
  void averagePool(Window window, Divisor divisor, Buffer x, int count, Buffer y);

  /**
   * The gradient of {@link #averagePool}: each dy, divided as there, to all that its window saw.
   *
   * @param divisor as there
   * @param dy [count, outHeight, outWidth, channels]
   * @param dx [count, height, width, channels], written
   */
  void averagePoolGradient(Window window, Divisor divisor, Buffer dy, int count, Buffer dx);

  /**
   * y = x, of matrices that are parts of wider ones.
   *
   * @param x [rows, columns] from {@code xOffset} on, its rows {@code ldx} elements apart
   * @param y [rows, columns] from {@code yOffset} on, its rows {@code ldy} elements apart; must not
   *     overlap x
   */
  void copyColumns(
      int rows, int columns, Buffer x, int xOffset, int ldx, Buffer y, int yOffset, int ldy);

  /** Convolutions of every channel by itself. */
  Depthwise depthwise();

  /** Transforms for convolutions with windows of 3 x 3. */
  Winograd winograd();

  /**
   * Mean and variance of every column; those of no rows are 0.
   *
   * @param x [rows, columns] from {@code offset} on
   * @param mean [columns] at least, written
   * @param variance [columns] at least, written: the mean of (x - mean)^2
   */
  void moments(Buffer x, int offset, int rows, int columns, double[] mean, double[] variance);

  /**
   * y = (x - centre) scale + shift, a column.
   *
   * @param x [rows, columns] from {@code offset} on
   * @param centre [columns] at least, as scale and shift
   * @param y [rows, columns] from {@code offset} on, written; may be the same buffer as x
   */
  void affineColumns(
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] scale,
      double[] shift,
      Buffer y);

  /**
   * What the gradient of {@link #affineColumns} needs: sums over the rows.
   *
   * @param dy [rows, columns] from {@code offset} on
   * @param x [rows, columns] from {@code offset} on
   * @param sums [columns] at least, written: the sum of dy
   * @param products [columns] at least, written: the sum of dy (x - centre)
   */
  void columnProducts(
      Buffer dy,
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] sums,
      double[] products);

  /**
   * dx = a dy + b (x - centre) + c, a column: the gradient of a normalisation.
   *
   * @param dy [rows, columns] from {@code offset} on
   * @param x [rows, columns] from {@code offset} on
   * @param centre [columns] at least, as a, b and c
   * @param dx [rows, columns] from {@code offset} on, written; may be the same buffer as dy
   */
  void combineColumns(
      Buffer dy,
      Buffer x,
      int offset,
      int rows,
      int columns,
      double[] centre,
      double[] a,
      double[] b,
      double[] c,
      Buffer dx);

  /** What {@link #normalizeRows} takes away from a row before it divides. */
  enum Centre {
    /** The row's mean. */
    MEAN,
    /** Nothing. */
    ZERO
  }

  /**
   * y = (x - m) s gain + shift with s = 1 / sqrt(mean of (x - m)^2 + epsilon), a row.
   *
   * @param x [rows, columns]
   * @param centre what m is
   * @param gain [columns]; null for 1
   * @param shift [columns]; null for 0
   * @param y [rows, columns], written; may be the same buffer as x
   * @param means [rows] at least, written: m
   * @param inverses [rows] at least, written: s
   */
  void normalizeRows(
      Buffer x,
      int rows,
      int columns,
      Centre centre,
      double epsilon,
      @Nullable Buffer gain,
      @Nullable Buffer shift,
      Buffer y,
      double[] means,
      double[] inverses);

  /**
   * The gradient of {@link #normalizeRows}. With h = (x - m) s and g = dy gain:
   *
   * <pre>
   * dx = s (g - mean of g - h mean of (g h))       without the mean of g where m is 0
   * </pre>
   *
   * @param dy [rows, columns]
   * @param dx [rows, columns], written; may be the same buffer as dy; null where it is not wanted
   * @param sums [columns] at least, written: the sum of dy over the rows
   * @param products [columns] at least, written: the sum of dy h over the rows
   */
  void normalizeRowsGradient(
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
      double[] products);

  /** Gives back the memory of all buffers that this kernel made. */
  @Override
  void close();
}
