package io.lockstep.worker.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Outputs and parameter gradients of blocks as another implementation computed them, each block as
 * a network of its own on every kernel. The form of a case is that of layers, {@code
 * golden/layers/layers.py}; tensors have the names that they have within the block.
 */
class BlockGoldenTest {
  @TestFactory
  Stream<DynamicTest> everyCaseIsMet() {
    return GoldenCases.tests("blocks", BlockGoldenTest::check);
  }

  private static void check(GoldenCase golden) {
    TestKernels.all()
        .forEach(
            (element, kernel) -> {
              check(golden, kernel, element);
              kernel.close();
            });
  }

  private static void check(GoldenCase golden, Kernel kernel, String element) {
    int examples = (int) golden.number("examples");
    double[] extents = GoldenCase.numbers(golden.field("inputs").get(0));
    Shape shape = new Shape(Arrays.stream(extents).mapToObj(e -> (int) e).toList());
    Graph graph = Graph.chain(shape, List.of(golden.options("layer")));
    Buffer parameters = kernel.allocate(graph.size());
    List<String> names = new ArrayList<>();
    for (int t = 0; t < graph.tensors().size(); t++) {
      TensorSpec tensor = graph.tensors().get(t);
      names.add(withinBlock(tensor));
      double[] values = GoldenCase.numbers(golden.field("parameters").get(withinBlock(tensor)));
      assertThat(values).as(tensor.name()).hasSize(tensor.size());
      parameters.view(graph.offset(t), tensor.size()).write(0, values, values.length);
    }
    List<String> known = new ArrayList<>();
    golden.field("parameters").fieldNames().forEachRemaining(known::add);
    assertThat(names).containsExactlyInAnyOrderElementsOf(known);
    Execution execution = new Execution(graph, kernel, parameters, examples + 1);
    Mode mode = Mode.valueOf(golden.field("mode").asText().toUpperCase(Locale.ROOT));
    Pass pass = new Pass(examples, mode, 1, 0, 0);
    double[] x = GoldenCase.numbers(golden.field("x").get(0));
    execution.input(GoldenCase.floats(x), examples);
    execution.forward(pass);
    golden.assertClose(
        "y in " + element,
        read(execution.output(), examples * graph.output().size()),
        golden.numbers("y"));
    double[] upstream = golden.numbers("upstream");
    execution.outputGradient().write(0, upstream, upstream.length);
    execution.backward(
        pass,
        (offset, gradient) -> {
          for (int t = 0; t < names.size(); t++) {
            if (graph.offset(t) == offset) {
              golden.assertClose(
                  "gradient of " + names.get(t) + " in " + element,
                  read(gradient, gradient.length()),
                  GoldenCase.numbers(golden.field("parameterGradients").get(names.get(t))));
              names.set(t, "");
            }
          }
        });
    assertThat(names).as("gradients that never came").containsOnly("");
  }

  private static String withinBlock(TensorSpec tensor) {
    return tensor.name().substring(tensor.name().indexOf('.') + 1);
  }

  private static double[] read(Buffer buffer, int length) {
    double[] values = new double[length];
    buffer.read(0, values, length);
    return values;
  }
}
