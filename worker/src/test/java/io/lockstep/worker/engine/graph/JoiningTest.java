package io.lockstep.worker.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a graph computes whose layers compute the activations that follow them. */
class JoiningTest {
  private static final Map<String, Object> NORM = Map.of("type", "batch-norm", "name", "norm");

  private final RandomStream random =
      RandomStream.of(TestSeed.draw().value(), Purpose.GRADIENT_CHECK, 0, 0, 0);

  private static Map<String, Object> activation(String name) {
    return Map.of("type", "activation", "activation", name, "name", "after");
  }

  private static Map<String, Object> sum(String first, String second) {
    return Map.of("type", "add", "inputs", List.of(first, second), "name", "sum");
  }

  @SafeVarargs
  private static Graph graph(Shape input, Map<String, Object>... layers) {
    List<Options> sections = new ArrayList<>();
    for (Map<String, Object> layer : layers) {
      sections.add(Options.of("model.layers[" + sections.size() + "]", layer));
    }
    return Graph.chain(input, sections);
  }

  /** Nodes that have nothing left to do. */
  private static List<String> joined(Graph graph, int... seen) {
    List<Integer> looked = new ArrayList<>(List.of(graph.last()));
    for (int node : seen) {
      looked.add(node);
    }
    return graph.joined(looked).nodes().stream()
        .filter(Node::passesThrough)
        .map(Node::name)
        .toList();
  }

  static List<Graph> graphs() {
    Map<String, Object> dense = Map.of("type", "dense", "units", 5, "name", "dense");
    return List.of(
        // an image of 2048 numbers: some examples are a part of the slice
        graph(Shape.image(8, 16, 16), NORM, activation("relu")),
        graph(
            Shape.image(8, 16, 16),
            Map.of("type", "conv2d", "filters", 8, "kernel", 3, "padding", "same", "name", "conv"),
            NORM,
            sum("norm", "input"),
            activation("leaky-relu")),
        graph(Shape.of(7), dense, NORM, activation("tanh")),
        graph(Shape.of(7), dense, NORM, sum("norm", "dense"), activation("softmax")));
  }

  private record Passed(List<Double> output, List<Double> gradient) {}

  private Passed pass(Kernel kernel, Graph graph, int most, int examples, float[] numbers) {
    Buffer parameters = kernel.allocate(graph.size());
    parameters.write(0, numbers, 0, graph.size());
    Execution execution =
        new Execution(graph, kernel, parameters, parameters, most, List.of(graph.last()));
    Pass pass = new Pass(examples, Mode.TRAINING, 1, 0, 0);
    execution.input(numbers, examples);
    execution.forward(pass);
    double[] output = new double[examples * graph.output().size()];
    execution.output().read(0, output, output.length);
    execution.outputGradient().write(0, numbers, 0, output.length);
    double[] gradient = new double[graph.size()];
    execution.backward(
        pass,
        (offset, tensor) -> {
          for (int i = 0; i < tensor.length(); i++) {
            gradient[offset + i] = tensor.get(i);
          }
        });
    return new Passed(
        Arrays.stream(output).boxed().toList(), Arrays.stream(gradient).boxed().toList());
  }

  /**
   * Sums over the slice are those over its parts: their order differs, and with it their digits.
   */
  @ParameterizedTest
  @MethodSource("graphs")
  void joinedLayersPutOutTheSameBitsAndHaveTheSameGradients(Graph graph) {
    Graph joined = graph.joined(List.of());
    assertThat(joined.nodes().get(graph.last()).passesThrough()).isTrue();
    float[] numbers = new float[64 * Math.max(graph.inputSize(), graph.output().size())];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.unitFloat(i) - 0.4f;
    }
    for (Map.Entry<String, Kernel> kernel : TestKernels.all().entrySet()) {
      double digits = kernel.getKey().equals("float64") ? 1e-12 : 1e-5;
      for (int examples : new int[] {64, 63, 17, 1}) {
        Passed apart = pass(kernel.getValue(), graph, 64, examples, numbers);
        Passed together = pass(kernel.getValue(), joined, 64, examples, numbers);
        assertThat(together.output()).as(kernel.getKey()).isEqualTo(apart.output());
        for (int i = 0; i < apart.gradient().size(); i++) {
          double scale = examples * Math.max(1, Math.abs(apart.gradient().get(i)));
          assertThat(together.gradient().get(i))
              .as("%s: element %d of %d examples", kernel.getKey(), i, examples)
              .isCloseTo(apart.gradient().get(i), within(digits * scale));
        }
      }
      kernel.getValue().close();
    }
  }

  @Test
  void anActivationJoinsTheLayerThatItAloneFollows() {
    Shape shape = Shape.of(5);
    assertThat(joined(graph(shape, NORM, activation("relu")))).containsExactly("after");
    assertThat(joined(graph(shape, NORM, sum("norm", "input"), activation("relu"))))
        .containsExactly("after");
  }

  @Test
  void aLayerThatAnotherOneTakesStaysApart() {
    Graph graph = graph(Shape.of(5), NORM, activation("relu"), sum("after", "norm"));
    assertThat(joined(graph)).isEmpty();
  }

  @Test
  void aLayerThatALossSeesStaysApart() {
    Graph graph = graph(Shape.of(5), NORM, activation("relu"));
    assertThat(joined(graph, 0)).isEmpty();
  }

  /** Their gradients need what went in, which a joined layer does not keep, or learn. */
  @ParameterizedTest
  @ValueSource(strings = {"gelu", "swish", "mish", "prelu"})
  void anActivationThatNeedsItsInputStaysApart(String name) {
    assertThat(joined(graph(Shape.of(5), NORM, activation(name)))).isEmpty();
  }
}
