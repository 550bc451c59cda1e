package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import java.util.List;

/**
 * y = x above 0, else alpha x; the derivative at 0 is alpha. Maas, Hannun, Ng (2013).
 *
 * @param alpha the slope below 0, in (0, 1)
 */
public record LeakyRelu(double alpha) implements Activation {
  private static final Key<Double> ALPHA =
      Key.number("alpha", 0.01, new Range(0, true, 1, true), "the slope below 0");

  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "leaky-relu",
          "x above 0, else alpha x (Maas, Hannun, Ng 2013)",
          List.of(ALPHA),
          options -> new LeakyRelu(options.get(ALPHA)));

  static final Guide GUIDE =
      new Guide(
          """
          y = x for x > 0, else alpha x
          y' = 1 for x > 0, else alpha
          """,
          "(-inf, inf)",
          "As relu, where units die: the slope below 0 keeps them learning. "
              + "Discriminators of GANs (alpha 0.2).",
          Curve.over(-4, 4).named("alpha 0.01"),
          Curve.over(-4, 4).named("alpha 0.2").with("alpha", 0.2));

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
    kernel.relu(alpha, x, y, rows * columns);
  }

  @Override
  public void backward(
      Kernel kernel, Buffer x, Buffer y, Buffer dy, Buffer dx, int rows, int columns) {
    kernel.reluGradient(alpha, y, dy, dx, rows * columns);
  }
}
