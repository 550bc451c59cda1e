package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
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

  static final Guide GUIDE =
      new Guide(
          """
          y_c = e^x_c / sum over k of e^x_k, a row
          dx_c = y_c (dy_c - sum over k of y_k dy_k)
          """,
          "(0, 1), the sum of a row is 1",
          "Probabilities of classes that exclude each other, as the last layer before a "
              + "cross-entropy, which then trains on what goes into it. Not for hidden layers.",
          Curve.over(-6, 6).at(0, 0, 0).named("first of three, the others 0"));

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
