package io.lockstep.worker.engine.activation;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Parametric;

/** A learned activation that is one function of one number and one learned number. */
interface LearnedElementwise extends LearnedActivation, Parametric {
  @Override
  default void forward(Kernel kernel, Buffer x, Buffer learned, Buffer y, int rows, int columns) {
    kernel.map(this, x, learned, y, rows * columns);
  }

  @Override
  default void backward(
      Kernel kernel,
      Buffer x,
      Buffer learned,
      Buffer dy,
      Buffer dx,
      Target target,
      Buffer gradient,
      int rows,
      int columns) {
    kernel.mapGradient(this, x, learned, dy, dx, target, gradient, rows * columns);
  }
}
