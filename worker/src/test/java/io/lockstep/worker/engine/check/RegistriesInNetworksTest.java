package io.lockstep.worker.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.Losses;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every activation and every loss of the registries inside of a small network. */
class RegistriesInNetworksTest {
  private static final float[] WEIGHTS = {1, 0.5f, 2, 0};

  static Stream<String> activations() {
    return Activations.REGISTRY.entries().stream().map(entry -> entry.name());
  }

  static Stream<String> losses() {
    return Losses.REGISTRY.entries().stream().map(entry -> entry.name());
  }

  @ParameterizedTest
  @MethodSource("activations")
  void aNetworkWithTheActivationHasTheGradientOfItsLoss(String activation) {
    check(activation, "sigmoid", "mse");
  }

  /** The outputs go through a softmax, which every loss can take. */
  @ParameterizedTest
  @MethodSource("losses")
  void aNetworkWithTheLossHasItsGradient(String loss) {
    check("tanh", "softmax", loss);
  }

  private static void check(String hidden, String last, String type) {
    Graph graph =
        Graph.chain(Shape.of(4), List.of(dense(6, hidden), dense(5, hidden), dense(3, last)));
    Loss loss = Losses.REGISTRY.create(Options.of("loss", Map.of("type", type)));
    float[] labels =
        loss.labelWidth(graph.output()) == 1
            ? new float[] {0, 2, 1, 1}
            : new float[] {0.2f, 0.5f, 0.3f, 1, 0, 0, 0.1f, 0, 0.9f, 0, 1, 0};
    GradientReport report =
        new GradientCheck(17, 64).check(CheckedNetworks.random(graph, loss, labels, WEIGHTS));
    assertThat(report.isRight()).as("%s, %s, %s:%n%s", hidden, last, type, report).isTrue();
    assertThat(report.checked()).as(report.toString()).isGreaterThan(report.skipped());
  }

  private static Options dense(int units, String activation) {
    return Options.of("layer", Map.of("type", "dense", "units", units, "activation", activation));
  }
}
