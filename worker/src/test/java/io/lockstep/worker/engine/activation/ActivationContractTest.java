package io.lockstep.worker.engine.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.check.ActivationUnderCheck;
import io.lockstep.worker.engine.check.GradientCheck;
import io.lockstep.worker.engine.check.GradientReport;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.nd4j.Nd4jKernel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every activation of the registry holds to, by being in it. */
class ActivationContractTest {
  private static final int ROWS = 6;
  private static final int COLUMNS = 7;
  private static final int N = ROWS * COLUMNS;

  /** Settings beside the defaults, by type. */
  private static final Map<String, List<Map<String, Object>>> SETTINGS =
      Map.of(
          "leaky-relu", List.of(Map.of("alpha", 0.3)),
          "elu", List.of(Map.of("alpha", 0.7)),
          "prelu", List.of(Map.of("alpha", 0), Map.of("shared", false)),
          "swish",
              List.of(
                  Map.of("beta", 1.5),
                  Map.of("beta", -0.5),
                  Map.of("learned", true),
                  Map.of("learned", true, "beta", -0.5)),
          "gelu", List.of(Map.of("approximate", "tanh")));

  static Stream<Arguments> activations() {
    return Activations.REGISTRY.entries().stream()
        .flatMap(
            entry ->
                Stream.concat(
                        Stream.of(Map.<String, Object>of()),
                        SETTINGS.getOrDefault(entry.name(), List.of()).stream())
                    .map(
                        settings -> {
                          Map<String, Object> section = new java.util.TreeMap<>(settings);
                          section.put("type", entry.name());
                          Activation activation =
                              Activations.REGISTRY.create(Options.of("activation", section));
                          return Arguments.of(section.toString(), activation);
                        }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void theGradientIsThatOfTheFunction(String name, Activation activation) {
    for (double scale : new double[] {0.5, 2, 8}) {
      double[] x = normals(1, scale);
      GradientReport report =
          new GradientCheck(5, N)
              .check(new ActivationUnderCheck(activation, x, normals(2, 1), ROWS, COLUMNS));
      assertThat(report.isRight()).as("%s at scale %s: %s", name, scale, report).isTrue();
      assertThat(report.checked()).isGreaterThan(N / 2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void everyKernelComputesTheSame(String name, Activation activation) {
    for (int columns : new int[] {1, 7, 8, 9, 511, 512, 513, 2049}) {
      double[] x = floats(normals(3, 3, 2 * columns));
      double[] dy = floats(normals(4, 1, 2 * columns));
      double[][] reference = run(TestKernels.float64(), activation, x, dy, 2);
      TestKernels.all()
          .forEach(
              (element, kernel) -> {
                double[][] actual = run(kernel, activation, x, dy, 2);
                for (int i = 0; i < x.length; i++) {
                  // float32 rounds a number of size 1 by 6e-8, a few times
                  assertThat(actual[0][i])
                      .as("%s, %s columns, y[%s] in %s", name, columns, i, element)
                      .isCloseTo(reference[0][i], within(1e-6 * (1 + Math.abs(x[i]))));
                  assertThat(actual[1][i])
                      .as("%s, %s columns, dx[%s] in %s", name, columns, i, element)
                      .isCloseTo(reference[1][i], within(1e-6 * (1 + Math.abs(dy[i]))));
                }
                for (int i = 0; i < reference[2].length; i++) {
                  // the sum is taken in double, of numbers that are exact in float32
                  assertThat(actual[2][i])
                      .as("%s, %s columns, learned[%s] in %s", name, columns, i, element)
                      .isCloseTo(reference[2][i], within(1e-6 * (1 + Math.abs(reference[2][i]))));
                }
              });
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void farOutNothingOverflows(String name, Activation activation) {
    double[] x = {
      1000, -1000, 1e4, -1e4, 0, -0.0, 88, -88, 104, -104, 1e-30, -1e-30, 1e-45, -1e-45
    };
    double[] dy = new double[x.length];
    Arrays.fill(dy, 1);
    TestKernels.all()
        .forEach(
            (element, kernel) -> {
              double[][] result = run(kernel, activation, x, dy, 2);
              for (int i = 0; i < x.length; i++) {
                assertThat(result[0][i]).as("%s(%s) in %s", name, x[i], element).isFinite();
                assertThat(result[1][i]).as("%s'(%s) in %s", name, x[i], element).isFinite();
              }
              for (double each : result[2]) {
                assertThat(each).as("what %s learns, in %s", name, element).isFinite();
              }
            });
  }

  /** Where e^x is a denormal of float32, and beyond; a softmax's row is one number here. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void farOutFloat32IsAsNearAsItsTypeAllows(String name, Activation activation) {
    double[] x = {1000, -1000, 88, -88, 95, -95, 104, -104, 17, -17, 1e-20, -1e-20, 1e-40, -1e-40};
    double[] rounded = floats(x);
    double[] dy = new double[x.length];
    Arrays.fill(dy, 1);
    double[][] exact = run(TestKernels.float64(), activation, rounded, dy, x.length);
    double[][] actual = run(new Nd4jKernel(), activation, rounded, dy, x.length);
    for (int i = 0; i < x.length; i++) {
      // one rounding to float32, which is absolute among denormals
      double nearest = 1e-7 * Math.abs(exact[0][i]) + Float.MIN_VALUE;
      assertThat(actual[0][i]).as("%s(%s)", name, x[i]).isCloseTo(exact[0][i], within(nearest));
      // from the output, which is rounded before
      assertThat(actual[1][i]).as("%s'(%s)", name, x[i]).isCloseTo(exact[1][i], within(2e-7));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void whatIsNotANumberStaysSo(String name, Activation activation) {
    double[] x = {1, Double.NaN, -1, 2};
    TestKernels.all()
        .forEach(
            (element, kernel) ->
                assertThat(run(kernel, activation, x, new double[4], 2)[0][1])
                    .as("%s(NaN) in %s", name, element)
                    .isNaN());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void noRowsAreFine(String name, Activation activation) {
    TestKernels.all()
        .forEach(
            (element, kernel) ->
                assertThat(run(kernel, activation, new double[0], new double[0], 0)[0])
                    .as("%s in %s", name, element)
                    .isEmpty());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("learned")
  void itsNumbersBeginAsTheActivationThatHoldsThem(String name, LearnedActivation activation) {
    double[] x = normals(5, 3);
    double[] dy = normals(6, 1);
    double[][] held = run(TestKernels.float64(), activation.held(), x, dy, ROWS);
    double[][] begins = run(TestKernels.float64(), activation, x, dy, ROWS);
    assertThat(begins[0]).containsExactly(held[0], within(1e-15));
    assertThat(begins[1]).containsExactly(held[1], within(1e-15));
  }

  /** As convolutions work through their slice. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("learned")
  void theGradientOfPartsAddsUpToThatOfTheWhole(String name, LearnedActivation activation) {
    double[] x = normals(5, 3);
    double[] dy = normals(6, 1);
    Kernel kernel = TestKernels.float64();
    Work whole = new Work(kernel, activation, x, COLUMNS);
    whole.forward(ROWS);
    whole.backward(buffer(kernel, dy), kernel.allocate(N), ROWS, Target.SET);
    int first = 2 * COLUMNS;
    Work one = new Work(kernel, activation, Arrays.copyOf(x, first), COLUMNS);
    one.forward(2);
    one.backward(buffer(kernel, Arrays.copyOf(dy, first)), kernel.allocate(N), 2, Target.SET);
    Work other = new Work(kernel, activation, Arrays.copyOfRange(x, first, N), COLUMNS);
    other.gradient.write(0, numbers(one.gradient), one.gradient.length());
    other.forward(ROWS - 2);
    Buffer dyOther = buffer(kernel, Arrays.copyOfRange(dy, first, N));
    other.backward(dyOther, kernel.allocate(N), ROWS - 2, Target.ADD);
    assertThat(numbers(other.gradient)).containsExactly(numbers(whole.gradient), within(1e-12));
  }

  static Stream<Arguments> learned() {
    return activations().filter(a -> a.get()[1] instanceof LearnedActivation);
  }

  /** An activation and its buffers; what it learns is at its first value. */
  private static final class Work {
    private final Kernel kernel;
    private final Activation activation;
    private final int columns;
    private final Buffer x;
    private final Buffer y;
    private final Buffer learned;
    private final Buffer gradient;

    Work(Kernel kernel, Activation activation, double[] x, int columns) {
      this.kernel = kernel;
      this.activation = activation;
      this.columns = columns;
      this.x = buffer(kernel, x);
      this.y = activation.inPlace() ? this.x : kernel.allocate(x.length);
      int numbers = activation instanceof LearnedActivation learns ? learns.learned(columns) : 0;
      this.learned = kernel.allocate(numbers);
      this.gradient = kernel.allocate(numbers);
      if (activation instanceof LearnedActivation learns) {
        kernel.fill(learns.first(), learned, numbers);
      }
    }

    void forward(int rows) {
      if (activation instanceof LearnedActivation learns) {
        learns.forward(kernel, x, learned, y, rows, columns);
      } else {
        activation.forward(kernel, x, y, rows, columns);
      }
    }

    void backward(Buffer dy, Buffer dx, int rows, Target target) {
      if (activation instanceof LearnedActivation learns) {
        learns.backward(kernel, x, learned, dy, dx, target, gradient, rows, columns);
      } else {
        activation.backward(kernel, x, y, dy, dx, rows, columns);
      }
    }
  }

  /** y, dx and what is learned's gradient; x and dy are not changed where the contract says so. */
  private static double[][] run(
      Kernel kernel, Activation activation, double[] x, double[] dy, int rows) {
    int n = x.length;
    Work work = new Work(kernel, activation, x, rows == 0 ? 3 : n / rows);
    double[] before = numbers(work.x);
    Buffer upstream = buffer(kernel, dy);
    Buffer dx = kernel.allocate(n);
    work.forward(rows);
    double[] out = numbers(work.y);
    double[] upstreamBefore = numbers(upstream);
    work.backward(upstream, dx, rows, Target.SET);
    double[] gradient = numbers(dx);
    double[] ofLearned = numbers(work.gradient);
    assertThat(numbers(work.y)).as("y after backward").isEqualTo(out);
    assertThat(numbers(upstream)).as("dy after backward").isEqualTo(upstreamBefore);
    if (!activation.inPlace()) {
      assertThat(numbers(work.x)).as("x").isEqualTo(before);
    }
    work.backward(upstream, upstream, rows, Target.SET);
    assertThat(numbers(upstream)).as("dx over dy").isEqualTo(gradient);
    assertThat(numbers(work.gradient)).as("once more").isEqualTo(ofLearned);
    return new double[][] {out, gradient, ofLearned};
  }

  private static Buffer buffer(Kernel kernel, double[] values) {
    Buffer buffer = kernel.allocate(values.length);
    buffer.write(0, values, values.length);
    return buffer;
  }

  private static double[] numbers(Buffer buffer) {
    double[] values = new double[buffer.length()];
    buffer.read(0, values, values.length);
    return values;
  }

  private static double[] normals(long seed, double scale) {
    return normals(seed, scale, N);
  }

  private static double[] normals(long seed, double scale, int n) {
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 0, 0, 0);
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = scale * random.normal(i);
    }
    return values;
  }

  private static double[] floats(double[] values) {
    double[] rounded = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }
}
