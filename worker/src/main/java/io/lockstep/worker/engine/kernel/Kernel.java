package io.lockstep.worker.engine.kernel;

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
 * <p>An instance belongs to one thread; the buffers that it makes may be read by others.
 */
public interface Kernel {
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

  /** A new buffer of zeros. */
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
   * Adds the vector to every row.
   *
   * @param bias [columns]; its first element is at {@code biasOffset}
   * @param y [rows, columns]
   */
  void addRow(Buffer bias, int biasOffset, Buffer y, int rows, int columns);

  /**
   * Sums over the rows, in the order of the rows.
   *
   * @param x [rows, columns]
   * @param sums [columns] from {@code offset} on
   */
  void sumRows(Buffer x, int rows, int columns, Target target, Buffer sums, int offset);
}
