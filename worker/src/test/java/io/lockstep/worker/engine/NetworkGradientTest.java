package io.lockstep.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.PlainKernel;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of whole networks: against central differences, and float32 against float64. */
class NetworkGradientTest {
  private static final int EXAMPLES = 5;
  private static final Pass PASS = new Pass(EXAMPLES, Mode.TRAINING, 42, 3, 2);

  static Stream<Named<Network>> networks() {
    return Stream.of(
        Named.of("perceptron with dropout", TestNetworks.perceptron()),
        Named.of("convolutional network", TestNetworks.convolutional()));
  }

  /** A network at work in float64. */
  private static final class Reference {
    final Kernel kernel = new PlainKernel();
    final Buffer parameters;
    final GraphEngine engine;

    Reference(Network network, float[] values) {
      parameters = kernel.allocate(values.length);
      parameters.write(0, values, 0, values.length);
      Execution execution = new Execution(network.graph(), kernel, parameters, EXAMPLES + 1);
      engine = network.engine(kernel, execution, EXAMPLES + 1);
    }

    double[] gradient(SliceBatch batch) {
      double[] gradient = new double[parameters.length()];
      Arrays.fill(gradient, Double.NaN);
      engine.gradient(
          batch,
          PASS,
          (offset, tensor) -> {
            for (int i = 0; i < tensor.length(); i++) {
              gradient[offset + i] = tensor.get(i);
            }
          });
      return gradient;
    }

    double loss(SliceBatch batch) {
      return engine.gradient(batch, PASS, (offset, tensor) -> {}).loss();
    }
  }

  /**
   * The error of a central difference at step h is of order h^2 f''' + 1e-16 f / h: at 1e-5, where
   * f is of order 1 an element, about 1e-10, and the gradients are of order 0.01 to 1.
   */
  @ParameterizedTest
  @MethodSource("networks")
  void everyGradientIsTheCentralDifference(Network network) {
    float[] values = TestNetworks.parameters(network, 7);
    Reference reference = new Reference(network, values);
    SliceBatch batch = TestNetworks.slice(network, EXAMPLES, EXAMPLES + 1, 1);
    double[] gradient = reference.gradient(batch);
    double h = 1e-5;
    for (int i = 0; i < gradient.length; i++) {
      double at = reference.parameters.get(i);
      reference.parameters.set(i, at + h);
      double above = reference.loss(batch);
      reference.parameters.set(i, at - h);
      double below = reference.loss(batch);
      reference.parameters.set(i, at);
      double difference = (above - below) / (2 * h);
      assertThat(Math.abs(gradient[i] - difference))
          .as("element %d: gradient %s, difference %s", i, gradient[i], difference)
          .isLessThanOrEqualTo(1e-6 * Math.max(Math.abs(difference), 1e-2));
    }
  }

  /** Rounding of float32, 6e-8, grows by the layers and the sums; the largest gradient sets it. */
  @ParameterizedTest
  @MethodSource("networks")
  void float32EqualsFloat64WithinItsRounding(Network network) {
    float[] values = TestNetworks.parameters(network, 7);
    SliceBatch batch = TestNetworks.slice(network, EXAMPLES, EXAMPLES + 1, 1);
    double[] expected = new Reference(network, values).gradient(batch);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    float[] gradient = new float[values.length];
    try (Parameters parameters = network.allocate()) {
      parameters.set(0, values, 0, values.length);
      try (SliceEngine engine = network.engine(parameters, EXAMPLES + 1)) {
        engine.gradient(batch, 42, 3, 2, gradient);
      }
    }
    for (int i = 0; i < gradient.length; i++) {
      assertThat(Math.abs(gradient[i] - expected[i]))
          .as("element %d: float32 %s, float64 %s", i, gradient[i], expected[i])
          .isLessThanOrEqualTo(1e-5 * largest);
    }
  }
}
