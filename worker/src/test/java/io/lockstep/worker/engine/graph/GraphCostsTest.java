package io.lockstep.worker.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.graph.GraphCosts.Cost;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Figures counted by hand. */
class GraphCostsTest {
  private static final int EXAMPLES = 5;

  @Test
  void aDenseLayerMultipliesOnceForwardAndTwiceBackward() {
    Graph graph =
        chain(
            Shape.of(7),
            List.of(
                Map.of("type", "dense", "units", 4, "activation", "relu"),
                Map.of("type", "dense", "units", 3, "activation", "gelu")));
    List<Cost> costs = costs(graph);
    long first = 2L * EXAMPLES * 7 * 4;
    long second = 2L * EXAMPLES * 4 * 3;
    // nobody wants the gradient of the examples; relu works in place, gelu keeps what goes in
    assertThat(costs)
        .containsExactly(
            new Cost(first, first, EXAMPLES * 4), new Cost(second, 2 * second, 2 * EXAMPLES * 3));
  }

  @Test
  void aConvolutionCountsEveryPositionOfItsFilters() {
    Graph graph =
        chain(
            Shape.image(2, 6, 5),
            List.of(
                Map.of("type", "conv2d", "filters", 3, "kernel", List.of(3, 2)),
                Map.of("type", "max-pool2d", "size", 2),
                Map.of("type", "flatten"),
                Map.of("type", "dense", "units", 1)));
    List<Cost> costs = costs(graph);
    long convolution = 2L * EXAMPLES * (4 * 4) * 3 * (3 * 2 * 2);
    assertThat(costs.get(0).forward()).isEqualTo(convolution);
    assertThat(costs.get(0).backward()).isEqualTo(convolution);
    assertThat(costs.get(1).forward()).isZero();
    assertThat(costs.get(1).backward()).isZero();
    // flattening puts channels first, which is a copy
    assertThat(costs.get(2)).isEqualTo(new Cost(0, 0, EXAMPLES * 12));
    assertThat(costs.get(3).backward()).isEqualTo(2 * 2L * EXAMPLES * (2 * 2 * 3));
  }

  @Test
  void aConvolutionInTilesCountsWhatADirectOneWould() {
    Map<String, Object> convolution =
        Map.of("type", "conv2d", "filters", 8, "kernel", 3, "padding", "same");
    List<Cost> costs = costs(chain(Shape.image(8, 5, 7), List.of(convolution, convolution)));
    long direct = 2L * EXAMPLES * (5 * 7) * 8 * (3 * 3 * 8);
    assertThat(costs).extracting(Cost::forward).containsExactly(direct, direct);
    assertThat(costs).extracting(Cost::backward).containsExactly(direct, 2 * direct);
  }

  @Test
  void anEngineHoldsExamplesOutputsGradientsAndTheLargestLayersGradient() {
    Graph graph = chain(Shape.of(7), List.of(Map.of("type", "dense", "units", 4)));
    long expected = EXAMPLES * 7 + 2 * EXAMPLES * 4 + (7 * 4 + 4);
    assertThat(GraphCosts.engineNumbers(graph, EXAMPLES, List.of(graph.last())))
        .isEqualTo(expected);
  }

  private static List<Cost> costs(Graph graph) {
    return GraphCosts.of(graph, EXAMPLES, List.of(graph.last()));
  }

  private static Graph chain(Shape input, List<Map<String, Object>> layers) {
    return Graph.chain(input, layers.stream().map(layer -> Options.of("layer", layer)).toList());
  }
}
