package io.lockstep.worker.engine.activation;

import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Values and derivatives as another implementation computed them, on every kernel. */
class ActivationGoldenTest {
  @TestFactory
  Stream<DynamicTest> everyCaseIsMet() {
    return GoldenCases.tests("activations", this::check);
  }

  private void check(GoldenCase golden) {
    golden.allowOnly(
        "activation", "x", "y", "derivative", "upstream", "gradient", "parameterGradient", "shape");
    Activation activation = Activations.REGISTRY.create(golden.options("activation"));
    TestKernels.all().forEach((name, kernel) -> check(golden, activation, name, kernel));
  }

  private void check(GoldenCase golden, Activation activation, String name, Kernel kernel) {
    double[] x = golden.numbers("x");
    int columns = golden.has("shape") ? (int) last(golden.numbers("shape")) : x.length;
    int rows = x.length / columns;
    boolean product = golden.has("upstream");
    double[] ones = new double[x.length];
    Arrays.fill(ones, 1);
    Buffer in = buffer(kernel, x);
    Buffer out = activation.inPlace() ? in : kernel.allocate(x.length);
    Buffer dy = buffer(kernel, product ? golden.numbers("upstream") : ones);
    if (activation instanceof LearnedActivation learns) {
      double[] first = new double[learns.learned(columns)];
      Arrays.fill(first, learns.first());
      Buffer learned = buffer(kernel, first);
      Buffer gradient = kernel.allocate(first.length);
      learns.forward(kernel, in, learned, out, rows, columns);
      learns.backward(kernel, in, learned, dy, dy, Target.SET, gradient, rows, columns);
      if (golden.has("parameterGradient")) {
        golden.assertClose(
            learns.suffix() + " in " + name,
            numbers(gradient),
            golden.numbers("parameterGradient"));
      }
    } else {
      activation.forward(kernel, in, out, rows, columns);
      activation.backward(kernel, in, out, dy, dy, rows, columns);
    }
    golden.assertClose("y in " + name, numbers(out), golden.numbers("y"));
    if (product || golden.has("derivative")) {
      golden.assertClose(
          "gradient in " + name, numbers(dy), golden.numbers(product ? "gradient" : "derivative"));
    }
  }

  private static double last(double[] values) {
    return values[values.length - 1];
  }

  private static Buffer buffer(Kernel kernel, double[] values) {
    Buffer buffer = kernel.allocate(values.length);
    buffer.write(0, values, values.length);
    return buffer;
  }

  private static double[] numbers(Buffer buffer) {
    double[] values = new double[buffer.length()];
    buffer.read(0, values, values.length);
    return values;
  }
}
