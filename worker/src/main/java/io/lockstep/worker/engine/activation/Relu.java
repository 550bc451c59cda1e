package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import java.util.List;

/** y = max(x, 0); the derivative at 0 is 0. Nair and Hinton (2010). */
public record Relu() implements Activation {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "relu", "max(x, 0) (Nair, Hinton 2010)", List.of(), options -> new Relu());

  static final Guide GUIDE =
      new Guide(
          """
          y = max(x, 0)
          y' = 1 for x > 0, else 0
          """,
          "[0, inf)",
          "The first choice for dense and convolution layers, with he-normal first "
              + "values. A unit whose input stays below 0 no longer learns: lower the rate or "
              + "take leaky-relu.",
          Curve.over(-4, 4));

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
