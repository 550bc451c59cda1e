package io.lockstep.worker.engine.activation;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Pointwise;

/** An activation that is one function of one number, applied to each. */
interface Elementwise extends Activation, Pointwise {
  @Override
  default boolean inPlace() {
    return fromOutput();
  }

  @Override
  default void forward(Kernel kernel, Buffer x, Buffer y, int rows, int columns) {
    kernel.map(this, x, y, rows * columns);
  }

  @Override
  default void backward(
      Kernel kernel, Buffer x, Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    kernel.mapGradient(this, fromOutput() ? y : x, dy, dx, rows * columns);
  }
}
