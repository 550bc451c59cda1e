package io.lockstep.worker.engine.activation;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;

/**
 * A function of the numbers of a row: element by element, or of the row as a whole (softmax). An
 * image's rows are its pixels and its columns the channels. Immutable, shared by threads; holds no
 * memory.
 */
public interface Activation {
  /** The name in the configuration. */
  String name();

  /**
   * Whether {@link #backward} reads the output alone. A layer that needs no number of its input
   * later may then compute {@link #forward} in place and pass one buffer as input and output.
   */
  boolean inPlace();

  /** Whether the gain of He et al. (2015) suits it better than that of Glorot and Bengio (2010). */
  default boolean rectifier() {
    return false;
  }

  /**
   * y = f(x).
   *
   * @param x [rows, columns]; not modified, unless y is the same buffer
   * @param y [rows, columns], written; the same buffer as x only where {@link #inPlace}
   */
  void forward(Kernel kernel, Buffer x, Buffer y, int rows, int columns);

  /**
   * dx = the gradient of the loss with respect to x.
   *
   * @param x [rows, columns], what went into {@link #forward}; not to be read where {@link
   *     #inPlace}, because it may be the same buffer as y
   * @param y [rows, columns], what came out; not modified
   * @param dy [rows, columns], the gradient with respect to y; not modified, unless dx is the same
   *     buffer
   * @param dx [rows, columns], written; may be the same buffer as dy
   */
  void backward(Kernel kernel, Buffer x, Buffer y, Buffer dy, Buffer dx, int rows, int columns);
}
