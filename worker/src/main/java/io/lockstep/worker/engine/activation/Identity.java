package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import java.util.List;

/** y = x. */
public record Identity() implements Activation {
  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>("identity", "x", List.of(), options -> new Identity());

  static final Guide GUIDE =
      new Guide(
          """
          y = x
          y' = 1
          """,
          "(-inf, inf)",
          "The last layer of a regression, and of a classifier whose loss takes logits. "
              + "Between two layers it makes them one: without a bend depth adds nothing.",
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
  public void forward(Kernel kernel, Buffer x, Buffer y, int rows, int columns) {
    if (x != y) {
      kernel.copy(x, y, rows * columns);
    }
  }

  @Override
  public void backward(
      Kernel kernel, Buffer x, Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    if (dy != dx) {
      kernel.copy(dy, dx, rows * columns);
    }
  }
}
