package io.lockstep.worker.engine.activation;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;

/**
 * An activation with numbers that are trained: one for all columns or one for each. They are a
 * tensor of the layer that the activation belongs to, NAME.{@link #suffix}, with the role {@link
 * io.lockstep.common.layout.Role#BIAS}: decay would pull a slope to 0 and prelu to relu, for which
 * reason He et al. (2015), section 2.1, and the documentation of torch.nn.PReLU leave it out; and a
 * trust ratio of one number says nothing.
 *
 * <p>Where nothing learns, as in a drawing, it is the activation that it begins as.
 */
public interface LearnedActivation extends Activation {
  /** What follows the layer's name and a dot in the tensor's name, such as {@code alpha}. */
  String suffix();

  /** How many numbers it learns over so many columns: 1 or {@code columns}. */
  int learned(int columns);

  /** The first value of them all. */
  double first();

  /** The same function with its numbers held at their first value. */
  Activation held();

  /**
   * y = f(x).
   *
   * @param x [rows, columns]; not modified
   * @param learned [learned(columns)]
   * @param y [rows, columns], written; another buffer than x
   */
  void forward(Kernel kernel, Buffer x, Buffer learned, Buffer y, int rows, int columns);

  /**
   * dx = the gradient of the loss with respect to x, and that with respect to the learned numbers,
   * sums over the rows.
   *
   * @param x [rows, columns], what went into forward; not modified
   * @param learned [learned(columns)]
   * @param dy [rows, columns], the gradient with respect to y; not modified, unless dx is the same
   *     buffer
   * @param dx [rows, columns], written; may be the same buffer as dy
   * @param target what happens with the sums
   * @param gradient [learned(columns)]
   */
  void backward(
      Kernel kernel,
      Buffer x,
      Buffer learned,
      Buffer dy,
      Buffer dx,
      Target target,
      Buffer gradient,
      int rows,
      int columns);

  /** Never: the derivative with respect to the learned numbers takes the input. */
  @Override
  default boolean inPlace() {
    return false;
  }

  @Override
  default void forward(Kernel kernel, Buffer x, Buffer y, int rows, int columns) {
    held().forward(kernel, x, y, rows, columns);
  }

  @Override
  default void backward(
      Kernel kernel, Buffer x, Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    held().backward(kernel, x, y, dy, dx, rows, columns);
  }
}
