package io.lockstep.worker.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphTest {
  private static final Shape IMAGE = Shape.image(1, 28, 28);

  @SafeVarargs
  private static Graph chain(Shape input, Map<String, ?>... layers) {
    List<Options> sections = new ArrayList<>();
    for (Map<String, ?> layer : layers) {
      sections.add(Options.of("model.layers[" + sections.size() + "]", layer));
    }
    return Graph.chain(input, sections);
  }

  @SafeVarargs
  private static void refused(String message, Shape input, Map<String, ?>... layers) {
    assertThatThrownBy(() -> chain(input, layers))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }

  @Test
  void shapesAndTensorsOfLeNetFollowFromItsLayers() {
    Graph graph =
        chain(
            IMAGE,
            Map.of("type", "conv2d", "filters", 20, "kernel", 5, "activation", "relu"),
            Map.of("type", "max-pool2d", "size", 2),
            Map.of("type", "conv2d", "filters", 50, "kernel", 5, "activation", "relu"),
            Map.of("type", "max-pool2d", "size", 2),
            Map.of("type", "flatten"),
            Map.of("type", "dense", "units", 500, "name", "hidden"),
            Map.of("type", "dense", "units", 10));
    assertThat(graph.shapes().toString())
        .isEqualTo("[[20, 24, 24], [20, 12, 12], [50, 8, 8], [50, 4, 4], [800], [500], [10]]");
    assertThat(graph.names())
        .containsExactly(
            "conv2d1", "max-pool2d1", "conv2d2", "max-pool2d2", "flatten1", "hidden", "dense2");
    assertThat(graph.tensors().stream().map(TensorSpec::name))
        .containsExactly(
            "conv2d1.W",
            "conv2d1.b",
            "conv2d2.W",
            "conv2d2.b",
            "hidden.W",
            "hidden.b",
            "dense2.W",
            "dense2.b");
    assertThat(graph.tensors().get(2).shape()).containsExactly(50, 5, 5, 20);
    assertThat(graph.tensors().get(4).shape()).containsExactly(800, 500);
    assertThat(graph.size()).isEqualTo(520 + 25_050 + 400_500 + 5_010);
  }

  @Test
  void paddingAndStridesFollowTheirDefinitions() {
    Map<String, Object> same =
        Map.of("type", "conv2d", "filters", 3, "kernel", 4, "stride", 3, "padding", "same");
    assertThat(chain(Shape.image(2, 10, 12), same).output()).isEqualTo(Shape.image(3, 4, 4));
    Map<String, Object> padded =
        Map.of("type", "conv2d", "filters", 3, "kernel", List.of(3, 5), "padding", List.of(1, 2));
    assertThat(chain(Shape.image(2, 10, 12), padded).output()).isEqualTo(Shape.image(3, 10, 12));
    Map<String, Object> pool = Map.of("type", "average-pool2d", "size", 3, "stride", 2);
    assertThat(chain(Shape.image(2, 10, 12), pool).output()).isEqualTo(Shape.image(2, 4, 5));
  }

  @Test
  void aDenseLayerBehindAnImageIsRefusedWithTheWayOut() {
    refused(
        "model.layers[0] needs [features] or [length, width], got [1, 28, 28] from the layer before; put a flatten"
            + " layer before it (program)",
        IMAGE,
        Map.of("type", "dense", "units", 10));
  }

  @Test
  void aConvolutionOfFeaturesIsRefusedWithTheWayOut() {
    refused(
        "model.layers[1] needs [channels, height, width], got [784] from the layer before; give"
            + " model.input three numbers, and put no flatten or dense layer before it (program)",
        IMAGE,
        Map.of("type", "flatten"),
        Map.of("type", "conv2d", "filters", 2, "kernel", 3));
  }

  @Test
  void aWindowLargerThanTheImageIsRefused() {
    refused(
        "model.layers[0] needs an image of at least 29 x 3 for its kernel 29 x 3, got [1, 28, 28]"
            + " from the layer before; make the kernel smaller (program)",
        IMAGE,
        Map.of("type", "conv2d", "filters", 2, "kernel", List.of(29, 3)));
  }

  @Test
  void aWindowThatIsNoNumberAndNoPairIsRefused() {
    refused(
        "model.layers[0].size must be a whole number >= 1 or [height, width]: what a window sees,"
            + " got [2, 2, 2] (program)",
        IMAGE,
        Map.of("type", "max-pool2d", "size", List.of(2, 2, 2)));
    refused(
        "model.layers[0].kernel is missing; it must be a whole number >= 1 or [height, width]: what"
            + " a filter sees (program)",
        IMAGE,
        Map.of("type", "conv2d", "filters", 2));
  }

  @Test
  void twoLayersOfOneNameAreRefused() {
    refused(
        "model.layers[1].name must differ from the names of all other layers, got 'a' (program)",
        Shape.of(3),
        Map.of("type", "dense", "units", 2, "name", "a"),
        Map.of("type", "dense", "units", 2, "name", "a"));
    refused(
        "model.layers[0] would be named 'dense1', as another layer is; give one of them another"
            + " name (program)",
        Shape.of(3),
        Map.of("type", "dense", "units", 2),
        Map.of("type", "dense", "units", 2, "name", "dense1"));
  }

  @Test
  void anUnknownLayerIsRefusedWithTheNearestName() {
    assertThatThrownBy(() -> chain(Shape.of(3), Map.of("type", "dens", "units", 2)))
        .hasMessageStartingWith(
            "unknown layer 'dens', did you mean 'dense'? known: dense, conv2d,");
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearestName() {
    assertThatThrownBy(() -> chain(Shape.of(3), Map.of("type", "dense", "unit", 2)))
        .hasMessageStartingWith("unknown key 'model.layers[0].unit', did you mean 'units'?");
  }

  @Test
  void tensorsTooLargeForAnArrayAreRefused() {
    refused(
        "model.layers[0] puts out, or has in a tensor, more than 2^31 - 1 numbers for [[100000]];"
            + " make it smaller (program)",
        Shape.of(100_000),
        Map.of("type", "dense", "units", 100_000));
  }

  @Test
  void memoryIsSharedByWhatIsNotNeededAtTheSameTime() {
    Graph graph =
        chain(
            Shape.of(10),
            Map.of("type", "dense", "units", 8),
            Map.of("type", "dense", "units", 9),
            Map.of("type", "dense", "units", 7),
            Map.of("type", "dense", "units", 6));
    GradientPlan plan = GradientPlan.of(graph, 2, List.of(graph.last()));
    assertThat(plan.lengths()).hasSize(2).containsExactlyInAnyOrder(18, 16);
    assertThat(plan.inputGradient(0, 0)).as("the examples need no gradient").isEqualTo(-1);
    for (int node = 1; node < 4; node++) {
      assertThat(plan.inputGradient(node, 0)).isEqualTo(plan.upstream(node - 1).get(0));
      assertThat(plan.inputGradient(node, 0)).isNotEqualTo(plan.upstream(node).get(0));
    }
  }
}
