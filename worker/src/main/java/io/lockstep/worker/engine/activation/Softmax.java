package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import java.util.List;

/** y = e^(x - max x) / sum e^(x - max x), a row. */
public record Softmax() implements Activation {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "softmax",
          "e^x / sum e^x over a row: probabilities of classes",
          List.of(),
          options -> new Softmax());

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public void forward(Kernel kernel, Buffer x, Buffer y, int rows, int columns) {
    kernel.softmax(x, y, rows, columns);
  }

  @Override
  public void backward(
      Kernel kernel, Buffer x, Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    kernel.softmaxGradient(y, dy, dx, rows, columns);
  }
}
