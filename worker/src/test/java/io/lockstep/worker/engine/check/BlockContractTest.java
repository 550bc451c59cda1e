package io.lockstep.worker.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.check.LayerContractTest.Case;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Blocks;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.Losses;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every block of the registry has, inside of a network, the gradient of what it computes. */
class BlockContractTest {
  private static final Shape SEQUENCE = Shape.sequence(4, 6);
  private static final Map<String, Object> DENSE = Map.of("type", "dense", "units", 5);
  private static final Map<String, Object> ACTIVE =
      Map.of("type", "dense", "units", 5, "activation", "tanh");

  /** At least one case for each block. */
  private static final Map<String, List<Case>> CASES =
      Map.of(
          "residual",
              List.of(
                  new Case(Shape.of(5), Map.of("layers", List.of(ACTIVE, DENSE))),
                  new Case(
                      Shape.of(3),
                      Map.of(
                          "layers",
                          List.of(ACTIVE),
                          "shortcut",
                          List.of(DENSE),
                          "activation",
                          "gelu"))),
          "transformer-block",
              List.of(
                  new Case(SEQUENCE, Map.of("heads", 2)),
                  new Case(SEQUENCE, Map.of("heads", 3, "hidden", 7, "norm", "after")),
                  new Case(SEQUENCE, Map.of("heads", 1, "causal", true, "dropout", 0.2)),
                  new Case(
                      SEQUENCE,
                      Map.of("heads", 6, "norm", "after", "dropout", 0.1, "activation", "tanh")),
                  new Case(Shape.sequence(1, 5), Map.of("heads", 5))));

  static Stream<Arguments> blocks() {
    return Blocks.REGISTRY.entries().stream()
        .flatMap(
            entry -> {
              assertThat(CASES).as("give the new block a case here").containsKey(entry.name());
              return CASES.getOrDefault(entry.name(), List.of()).stream()
                  .map(
                      c -> {
                        Map<String, Object> section = new TreeMap<>(c.settings());
                        section.put("type", entry.name());
                        return Arguments.of(
                            section + " on " + c.inputs(), section, c.inputs().get(0));
                      });
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("blocks")
  void aNetworkWithTheBlockInTheMiddleHasTheGradientOfItsLoss(
      String name, Map<String, Object> section, Shape input) {
    Graph graph =
        Graph.chain(
            input,
            List.of(
                options(Map.of("type", "dense", "units", input.channels(), "activation", "tanh")),
                options(section),
                options(Map.of("type", "flatten")),
                options(Map.of("type", "dense", "units", 3))));
    Loss loss =
        Losses.REGISTRY.create(
            Options.of(
                "loss", Map.of("type", "sparse-categorical-cross-entropy", "fromLogits", true)));
    NetworkUnderCheck network =
        CheckedNetworks.random(graph, loss, new float[] {2, 0, 1}, new float[] {1, 0.5f, 2});
    GradientReport report = new GradientCheck(13, 32).check(network);
    assertThat(report.isRight()).as("%s:%n%s", name, report).isTrue();
    assertThat(report.checked()).as(report.toString()).isGreaterThan(report.skipped());
  }

  private static Options options(Map<String, Object> section) {
    return Options.of("layer", section);
  }
}
