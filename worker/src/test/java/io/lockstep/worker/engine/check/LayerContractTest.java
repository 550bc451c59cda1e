package io.lockstep.worker.engine.check;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.graph.GraphCosts;
import io.lockstep.worker.engine.graph.GraphCosts.Cost;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Layer;
import io.lockstep.worker.engine.layer.LayerKeys;
import io.lockstep.worker.engine.layer.Layers;
import io.lockstep.worker.engine.layer.ParameterSpec;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.Losses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer of the registry has the gradient of what it computes, alone and in a network. */
class LayerContractTest {
  private static final Shape IMAGE = Shape.image(3, 7, 6);
  private static final Shape POINT = Shape.image(1, 1, 1);
  private static final Shape SEQUENCE = Shape.sequence(4, 6);
  private static final Shape FEATURES = Shape.of(5);

  private static final Map<String, Object> PRELU = Map.of("type", "prelu", "shared", false);
  private static final Map<String, Object> SWISH = Map.of("type", "swish", "learned", true);

  /** Layers with weights that they take rows of, and multiply nothing by. */
  private static final Set<String> TAKES_ROWS = Set.of("embedding", "positional-embedding");

  record Case(List<Shape> inputs, Map<String, Object> settings) {
    Case(Shape input, Map<String, Object> settings) {
      this(List.of(input), settings);
    }
  }

  /** At least one case for each layer; shapes and settings that divide badly among them. */
  private static final Map<String, List<Case>> CASES =
      Map.ofEntries(
          entry(
              "dense",
              List.of(
                  new Case(FEATURES, Map.of("units", 4)),
                  new Case(FEATURES, Map.of("units", 1, "bias", false, "activation", "gelu")),
                  new Case(FEATURES, Map.of("units", 6, "activation", "relu")),
                  new Case(FEATURES, Map.of("units", 6, "activation", PRELU)),
                  new Case(FEATURES, Map.of("units", 2, "bias", false, "activation", SWISH)),
                  new Case(Shape.of(1), Map.of("units", 3, "activation", "softmax")))),
          entry("flatten", List.of(new Case(IMAGE, Map.of()), new Case(FEATURES, Map.of()))),
          entry("dropout", List.of(new Case(FEATURES, Map.of("rate", 0.3)))),
          entry(
              "activation",
              List.of(
                  new Case(IMAGE, Map.of("activation", "relu")),
                  new Case(IMAGE, Map.of("activation", "softmax")),
                  new Case(IMAGE, Map.of("activation", PRELU)),
                  new Case(FEATURES, Map.of("activation", SWISH)),
                  new Case(FEATURES, Map.of("activation", "mish")))),
          entry(
              "batch-norm",
              List.of(
                  new Case(FEATURES, Map.of()),
                  new Case(IMAGE, Map.of("epsilon", 0.01)),
                  new Case(SEQUENCE, Map.of("scale", false)),
                  new Case(IMAGE, Map.of("scale", false, "shift", false)),
                  new Case(POINT, Map.of("shift", false)))),
          entry(
              "layer-norm",
              List.of(
                  new Case(FEATURES, Map.of()),
                  new Case(IMAGE, Map.of("epsilon", 0.01)),
                  new Case(SEQUENCE, Map.of("scale", false)),
                  new Case(IMAGE, Map.of("shift", false)),
                  new Case(POINT, Map.of()))),
          entry(
              "rms-norm",
              List.of(
                  new Case(FEATURES, Map.of()),
                  new Case(IMAGE, Map.of("epsilon", 0.01)),
                  new Case(SEQUENCE, Map.of("scale", false)),
                  new Case(POINT, Map.of()))),
          entry(
              "group-norm",
              List.of(
                  new Case(FEATURES, Map.of("groups", 5)),
                  new Case(IMAGE, Map.of("groups", 3, "epsilon", 0.01)),
                  new Case(Shape.image(6, 2, 3), Map.of("groups", 3)),
                  new Case(SEQUENCE, Map.of("groups", 1, "scale", false)),
                  new Case(POINT, Map.of("groups", 1)))));

  static Stream<Arguments> layers() {
    Map<String, List<Case>> cases = new TreeMap<>(CASES);
    cases.putAll(SequenceLayerCases.CASES);
    cases.putAll(ConvolutionCases.CASES);
    cases.putAll(GraphLayerCases.CASES);
    return Layers.REGISTRY.entries().stream()
        .flatMap(
            entry -> {
              assertThat(cases).as("give the new layer a case here").containsKey(entry.name());
              return cases.getOrDefault(entry.name(), List.of()).stream()
                  .map(
                      c -> {
                        Map<String, Object> section = new TreeMap<>(c.settings());
                        section.put("type", entry.name());
                        return Arguments.of(section + " on " + c.inputs(), section, c.inputs());
                      });
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void aLayerAloneHasTheGradientOfWhatItComputes(
      String name, Map<String, Object> section, List<Shape> inputs) {
    Layer layer = Layers.REGISTRY.create(Options.of("layer", section), LayerKeys.NAME);
    for (int examples : new int[] {1, 3}) {
      GradientReport report =
          new GradientCheck(11, 64).check(new LayerUnderCheck(layer, inputs, examples, 12));
      assertThat(report.isRight()).as("%s, %s examples:%n%s", name, examples, report).isTrue();
      assertThat(report.checked()).as(report.toString()).isGreaterThan(report.skipped());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void aNetworkWithTheLayerInTheMiddleHasTheGradientOfItsLoss(
      String name, Map<String, Object> section, List<Shape> inputs) {
    OptionalInt tokens = Layers.REGISTRY.create(options(section), LayerKeys.NAME).tokens();
    Map<String, Shape> examples = new LinkedHashMap<>();
    List<Options> layers = new ArrayList<>();
    List<String> before = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Shape shape = inputs.get(i);
      examples.put("x" + i, shape);
      before.add(tokens.isPresent() ? "x" + i : "h" + i);
      if (tokens.isEmpty()) {
        Map<String, Object> linear =
            shape.isImage()
                ? Map.of("type", "conv2d", "filters", shape.channels(), "kernel", 1)
                : Map.of("type", "dense", "units", shape.channels());
        layers.add(
            options(linear)
                .with(Activations.KEY, options(Map.of("type", "tanh")))
                .with(LayerKeys.NAME, "h" + i)
                .with(LayerKeys.INPUTS, List.of("x" + i)));
      }
    }
    layers.add(options(section).with(LayerKeys.INPUTS, before));
    layers.add(options(Map.of("type", "flatten")));
    layers.add(options(Map.of("type", "dense", "units", 3)));
    Graph graph = Graph.of(examples, layers);
    Loss loss =
        Losses.REGISTRY.create(
            Options.of(
                "loss", Map.of("type", "sparse-categorical-cross-entropy", "fromLogits", true)));
    NetworkUnderCheck network =
        CheckedNetworks.random(
            graph, loss, tokens, new float[] {2, 0, 1}, new float[] {1, 0.5f, 2});
    GradientReport report = new GradientCheck(13, 32).check(network);
    assertThat(report.isRight()).as("%s:%n%s", name, report).isTrue();
    assertThat(report.checked()).as(report.toString()).isGreaterThan(report.skipped());
  }

  /** Else {@code lockstep model} would fail, or show a layer for nothing. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void aLayerSaysWhatItCosts(String name, Map<String, Object> section, List<Shape> inputs) {
    Map<String, Shape> examples = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      examples.put("x" + i, inputs.get(i));
    }
    List<String> names = List.copyOf(examples.keySet());
    Graph graph = Graph.of(examples, List.of(options(section).with(LayerKeys.INPUTS, names)));
    Cost cost = GraphCosts.of(graph, 3, List.of(graph.last())).get(0);
    assertThat(cost.kept()).as("%s: %s", name, cost).isNotNegative();
    boolean multiplies =
        graph.tensors().stream().anyMatch(tensor -> tensor.role() == Role.WEIGHT)
            && !TAKES_ROWS.contains(graph.types().get(0));
    if (multiplies) {
      assertThat(cost.forward()).as("%s: %s", name, cost).isPositive();
      assertThat(cost.backward()).as("%s: %s", name, cost).isPositive();
    }
  }

  /** Else the slope would be frozen, and nobody would notice. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void whatTheActivationOfALayerLearnsIsItsLastTensor(
      String name, Map<String, Object> section, List<Shape> inputs) {
    Options written = Options.of("layer", section);
    if (Layers.REGISTRY.entry(written).keys().stream()
        .noneMatch(key -> key.name().equals(Activations.KEY.name()))) {
      return;
    }
    Map<String, Object> learning = new TreeMap<>(section);
    learning.put("activation", PRELU);
    Layer layer = Layers.REGISTRY.create(Options.of("layer", learning), LayerKeys.NAME);
    List<ParameterSpec> specs = layer.parameters(inputs);
    ParameterSpec last = specs.get(specs.size() - 1);
    assertThat(last.suffix()).isEqualTo("alpha");
    assertThat(last.role()).isEqualTo(Role.BIAS);
    assertThat(last.shape()).containsExactly(layer.output(inputs).channels());
  }

  private static Options options(Map<String, Object> section) {
    return Options.of("layer", section);
  }
}
