package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;

/**
 * A matrix that lies in a buffer among others, row-major.
 *
 * @param buffer holds it
 * @param offset of its first element
 * @param stride from a row to the next, at least the columns
 */
record Matrix(Buffer buffer, int offset, int stride) {
  /** Product forms: which factor enters transposed. */
  enum Form {
    /** A B. */
    AB(Transpose.NO, Transpose.NO),
    /** A' B. */
    ATB(Transpose.YES, Transpose.NO),
    /** A B'. */
    ABT(Transpose.NO, Transpose.YES);

    private final Transpose a;
    private final Transpose b;

    Form(Transpose a, Transpose b) {
      this.a = a;
      this.b = b;
    }
  }

  /** The matrix that fills a buffer. */
  static Matrix of(Buffer buffer, int columns) {
    return new Matrix(buffer, 0, columns);
  }

  /** The matrix whose first element lies so many elements further on. */
  Matrix from(int elements) {
    return new Matrix(buffer, offset + elements, stride);
  }

  /**
   * This = product, or this = this + product.
   *
   * @param m rows of the product
   * @param n columns of the product
   * @param k terms of each of its elements
   */
  void product(Kernel kernel, Target target, Form form, int m, int n, int k, Matrix a, Matrix b) {
    kernel.gemm(
        form.a, form.b, m, n, k, a.buffer, a.offset, a.stride, b.buffer, b.offset, b.stride, target,
        buffer, offset, stride);
  }
}
