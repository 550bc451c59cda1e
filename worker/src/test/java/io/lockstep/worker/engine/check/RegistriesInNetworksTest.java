package io.lockstep.worker.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.LossExample;
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
    Graph graph =
        Graph.chain(
            Shape.of(4), List.of(dense(6, activation), dense(5, activation), dense(3, "sigmoid")));
    Loss loss = Losses.REGISTRY.create(Options.of("loss", Map.of("type", "mse")));
    float[] labels = {0.2f, 0.5f, 0.3f, 1, 0, 0, 0.1f, 0, 0.9f, 0, 1, 0};
    check(graph, loss, labels, activation);
  }

  /** The outputs go through a softmax, which every loss can take. */
  @ParameterizedTest
  @MethodSource("losses")
  void aNetworkWithTheLossHasItsGradient(String loss) {
    LossExample example = LossExample.of(loss);
    Shape input =
        example.output().isSequence()
            ? Shape.sequence(example.output().positions(), 4)
            : Shape.of(4);
    Graph graph =
        Graph.chain(
            input,
            List.of(
                dense(6, "tanh"), dense(5, "tanh"), dense(example.output().channels(), "softmax")));
    assertThat(graph.output()).isEqualTo(example.output());
    Loss made = Losses.REGISTRY.create(Options.of("loss", example.section(loss, Map.of())));
    check(graph, made, example.labels(made, WEIGHTS.length), loss);
  }

  private static void check(Graph graph, Loss loss, float[] labels, String what) {
    GradientReport report =
        new GradientCheck(17, 64).check(CheckedNetworks.random(graph, loss, labels, WEIGHTS));
    assertThat(report.isRight()).as("%s:%n%s", what, report).isTrue();
    assertThat(report.checked()).as(report.toString()).isGreaterThan(report.skipped());
  }

  private static Options dense(int units, String activation) {
    return Options.of("layer", Map.of("type", "dense", "units", units, "activation", activation));
  }
}
