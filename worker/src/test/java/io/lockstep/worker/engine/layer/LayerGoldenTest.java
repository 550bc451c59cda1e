package io.lockstep.worker.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Outputs and gradients of single layers as another implementation computed them, on every kernel.
 * The form of a case is described in {@code golden/layers/layers.py}, which made them.
 */
class LayerGoldenTest {
  /** Sums of some dozens of products in another order, and the 13 digits of the files. */
  private static final double FLOAT64_TOLERANCE = 1e-9;

  /** What a buffer holds that its layer must overwrite. */
  private static final double STALE = 7.25;

  @TestFactory
  Stream<DynamicTest> everyCaseIsMet() {
    return GoldenCases.tests("layers", this::check);
  }

  private void check(GoldenCase golden) {
    golden.allowOnly(
        "layer",
        "inputs",
        "examples",
        "mode",
        "x",
        "parameters",
        "y",
        "upstream",
        "inputGradients",
        "parameterGradients");
    TestKernels.all()
        .forEach(
            (name, kernel) -> {
              new Run(golden, kernel, name).check();
              kernel.close();
            });
  }

  /** A case on one kernel, in buffers that have room for one example more. */
  private static final class Run {
    private final GoldenCase golden;
    private final Kernel kernel;
    private final String kernelName;
    private final int examples;
    private final List<Shape> inputShapes = new ArrayList<>();
    private final Shape outputShape;
    private final Layer layer;
    private final List<ParameterSpec> specs;
    private final List<Buffer> inputs = new ArrayList<>();
    private final List<Buffer> inputGradients = new ArrayList<>();
    private final Set<Integer> wanted = new HashSet<>();
    private final List<Buffer> parameters = new ArrayList<>();
    private final List<Buffer> parameterGradients = new ArrayList<>();
    private final Buffer output;
    private final Buffer outputGradient;

    Run(GoldenCase golden, Kernel kernel, String kernelName) {
      this.golden = golden;
      this.kernel = kernel;
      this.kernelName = kernelName;
      examples = (int) golden.number("examples");
      for (JsonNode shape : golden.field("inputs")) {
        inputShapes.add(
            new Shape(Arrays.stream(GoldenCase.numbers(shape)).mapToObj(e -> (int) e).toList()));
      }
      layer = Layers.REGISTRY.create(golden.options("layer"), LayerKeys.NAME);
      outputShape = layer.output(inputShapes);
      specs = layer.parameters(inputShapes);
      for (int i = 0; i < inputShapes.size(); i++) {
        Shape shape = inputShapes.get(i);
        inputs.add(stale(shape));
        double[] x = GoldenCase.numbers(golden.field("x").get(i));
        assertThat(x).as("x[%s]", i).hasSize(examples * shape.size());
        write(inputs.get(i), channelsLast(shape, x));
        inputGradients.add(stale(shape));
        if (golden.has("inputGradients") && !golden.field("inputGradients").get(i).isNull()) {
          wanted.add(i);
        }
      }
      assertNamesAreThoseOfTheLayer("parameters");
      for (ParameterSpec spec : specs) {
        double[] values = GoldenCase.numbers(golden.field("parameters").get(spec.suffix()));
        assertThat(values).as(spec.suffix()).hasSize(spec.size());
        parameters.add(write(kernel.allocate(spec.size()), values));
        parameterGradients.add(stale(spec.size()));
      }
      output = stale(outputShape);
      outputGradient = stale(outputShape);
    }

    private void assertNamesAreThoseOfTheLayer(String field) {
      List<String> names = new ArrayList<>();
      golden.field(field).fieldNames().forEachRemaining(names::add);
      assertThat(names)
          .as("%s of case %s", field, golden.name())
          .containsExactlyInAnyOrderElementsOf(specs.stream().map(ParameterSpec::suffix).toList());
    }

    void check() {
      Pass pass =
          new Pass(
              examples,
              Mode.valueOf(golden.field("mode").asText().toUpperCase(Locale.ROOT)),
              1,
              0,
              0);
      Operation operation = operation();
      operation.forward(pass);
      Buffer y = layer.passesThrough(inputShapes) ? inputs.get(0) : output;
      assertClose("y", userOrder(outputShape, read(y, outputShape)), golden.numbers("y"));
      if (!golden.has("upstream")) {
        return;
      }
      double[] upstream = channelsLast(outputShape, golden.numbers("upstream"));
      write(outputGradient, upstream);
      operation.backward(pass);
      for (int i : wanted) {
        Buffer dx = layer.passesThrough(inputShapes) ? outputGradient : inputGradients.get(i);
        assertClose(
            "gradient of input " + i,
            userOrder(inputShapes.get(i), read(dx, inputShapes.get(i))),
            GoldenCase.numbers(golden.field("inputGradients").get(i)));
      }
      assertNamesAreThoseOfTheLayer("parameterGradients");
      for (int p = 0; p < specs.size(); p++) {
        String name = specs.get(p).suffix();
        double[] actual = new double[specs.get(p).size()];
        parameterGradients.get(p).read(0, actual, actual.length);
        assertClose(
            "gradient of " + name,
            actual,
            GoldenCase.numbers(golden.field("parameterGradients").get(name)));
      }
    }

    private Operation operation() {
      if (layer.passesThrough(inputShapes)) {
        return new Operation() {
          @Override
          public void forward(Pass pass) {}

          @Override
          public void backward(Pass pass) {}
        };
      }
      return layer.operation(
          new Site(
              kernel,
              0,
              examples + 1,
              inputShapes,
              outputShape,
              inputs,
              output,
              parameters,
              outputGradient,
              inputGradients,
              wanted,
              parameterGradients));
    }

    /** At the file's tolerance in float32, at a tighter one in float64. */
    private void assertClose(String what, double[] actual, double[] expected) {
      golden.assertClose(what + " in " + kernelName, actual, expected);
      for (int i = 0; kernelName.equals("float64") && i < actual.length; i++) {
        double off = Math.abs(actual[i] - expected[i]);
        if (off > FLOAT64_TOLERANCE * Math.max(1, Math.abs(expected[i]))) {
          fail(
              "case %s: %s[%d] is %s in float64, expected %s",
              golden.name(), what, i, actual[i], expected[i]);
        }
      }
    }

    private double[] read(Buffer buffer, Shape shape) {
      double[] values = new double[examples * shape.size()];
      buffer.read(0, values, values.length);
      return values;
    }

    private static Buffer write(Buffer buffer, double[] values) {
      buffer.write(0, values, values.length);
      return buffer;
    }

    private Buffer stale(Shape shape) {
      return stale((examples + 1) * shape.size());
    }

    private Buffer stale(int length) {
      Buffer buffer = kernel.allocate(length);
      kernel.fill(STALE, buffer, length);
      return buffer;
    }

    /** [examples, channels, pixels] to [examples, pixels, channels]; all but images as they are. */
    private double[] channelsLast(Shape shape, double[] values) {
      return shape.isImage()
          ? transposed(values, shape.channels(), shape.size() / shape.channels())
          : values;
    }

    /** The reverse of {@link #channelsLast}. */
    private double[] userOrder(Shape shape, double[] values) {
      return shape.isImage()
          ? transposed(values, shape.size() / shape.channels(), shape.channels())
          : values;
    }

    private double[] transposed(double[] values, int rows, int columns) {
      double[] result = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        int matrix = i / (rows * columns) * rows * columns;
        int row = i % (rows * columns) / columns;
        result[matrix + i % columns * rows + row] = values[i];
      }
      return result;
    }
  }
}
