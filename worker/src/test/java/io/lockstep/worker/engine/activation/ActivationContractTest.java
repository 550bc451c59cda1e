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
          "swish", List.of(Map.of("beta", 1.5), Map.of("beta", -0.5)),
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
              });
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("activations")
  void farOutNothingOverflows(String name, Activation activation) {
    double[] x = {1000, -1000, 1e4, -1e4, 0, -0.0, 88, -88, 104, -104, 1e-30, -1e-30};
    double[] dy = new double[x.length];
    java.util.Arrays.fill(dy, 1);
    TestKernels.all()
        .forEach(
            (element, kernel) -> {
              double[][] result = run(kernel, activation, x, dy, 2);
              for (int i = 0; i < x.length; i++) {
                assertThat(result[0][i]).as("%s(%s) in %s", name, x[i], element).isFinite();
                assertThat(result[1][i]).as("%s'(%s) in %s", name, x[i], element).isFinite();
              }
            });
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

  /** y and dx; x and dy are not changed where the contract says so. */
  private static double[][] run(
      Kernel kernel, Activation activation, double[] x, double[] dy, int rows) {
    int n = x.length;
    int columns = rows == 0 ? 3 : n / rows;
    Buffer in = kernel.allocate(n);
    in.write(0, x, n);
    double[] before = numbers(in);
    Buffer y = activation.inPlace() ? in : kernel.allocate(n);
    Buffer upstream = kernel.allocate(n);
    upstream.write(0, dy, n);
    Buffer dx = kernel.allocate(n);
    activation.forward(kernel, in, y, rows, columns);
    double[] out = numbers(y);
    double[] upstreamBefore = numbers(upstream);
    activation.backward(kernel, in, y, upstream, dx, rows, columns);
    double[] gradient = numbers(dx);
    assertThat(numbers(y)).as("y after backward").isEqualTo(out);
    assertThat(numbers(upstream)).as("dy after backward").isEqualTo(upstreamBefore);
    if (!activation.inPlace()) {
      assertThat(numbers(in)).as("x").isEqualTo(before);
    }
    activation.backward(kernel, in, y, upstream, upstream, rows, columns);
    assertThat(numbers(upstream)).as("dx over dy").isEqualTo(gradient);
    return new double[][] {out, gradient};
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
