package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import java.util.List;

/** y = max(x, 0); the derivative at 0 is 0. Nair and Hinton (2010). */
public record Relu() implements Activation {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "relu", "max(x, 0) (Nair, Hinton 2010)", List.of(), options -> new Relu());

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public boolean rectifier() {
    return true;
  }

  @Override
  public void forward(Kernel kernel, Buffer x, Buffer y, int rows, int columns) {
    kernel.relu(0, x, y, rows * columns);
  }

  @Override
  public void backward(
      Kernel kernel, Buffer x, Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    kernel.reluGradient(0, y, dy, dx, rows * columns);
  }
}
