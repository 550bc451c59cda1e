package io.lockstep.worker.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.check.GradientCheck;
import io.lockstep.worker.engine.check.GradientReport;
import io.lockstep.worker.engine.check.LossUnderCheck;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Metric;
import io.lockstep.worker.engine.metric.Metrics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every loss of the registry holds to, by being in it. */
class LossContractTest {
  private static final int EXAMPLES = 5;
  private static final int OUTPUTS = 4;
  private static final float[] WEIGHTS = {1, 0.5f, 0, 2, 1};

  private static final Map<String, Object> LOGITS = Map.of("fromLogits", true);
  private static final List<Double> FOUR = List.of(0.5, 1.0, 2.0, 4.0);
  private static final List<Map<String, Object>> CLASSES =
      List.of(
          LOGITS,
          Map.of("labelSmoothing", 0.1),
          Map.of("fromLogits", true, "labelSmoothing", 0.1),
          Map.of("classWeights", FOUR),
          Map.of("fromLogits", true, "labelSmoothing", 0.2, "classWeights", FOUR));

  /** Settings beside the defaults, by type. */
  private static final Map<String, List<Map<String, Object>>> SETTINGS =
      Map.of(
          "categorical-cross-entropy", CLASSES,
          "sparse-categorical-cross-entropy", CLASSES,
          "huber", List.of(Map.of("delta", 0.1)),
          "quantile", List.of(Map.of("quantile", 0.9)),
          "binary-cross-entropy",
              List.of(
                  LOGITS,
                  Map.of("positiveWeight", 3),
                  Map.of("fromLogits", true, "positiveWeight", FOUR)));

  static Stream<Arguments> losses() {
    return Losses.REGISTRY.entries().stream()
        .flatMap(
            entry ->
                Stream.concat(
                        Stream.of(Map.<String, Object>of()),
                        SETTINGS.getOrDefault(entry.name(), List.of()).stream())
                    .map(
                        settings -> {
                          Map<String, Object> section = new java.util.TreeMap<>(settings);
                          section.put("type", entry.name());
                          return Arguments.of(
                              section.toString(),
                              Losses.REGISTRY.create(Options.of("loss", section)));
                        }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void theGradientIsThatOfTheSum(String name, Loss loss) {
    LossUnderCheck f = new LossUnderCheck(loss, rows(1), labels(loss), WEIGHTS, Shape.of(OUTPUTS));
    GradientReport report = new GradientCheck(9, EXAMPLES * OUTPUTS).check(f);
    assertThat(report.isRight()).as("%s: %s", name, report).isTrue();
    assertThat(report.checked()).isGreaterThan(EXAMPLES * OUTPUTS / 2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void theSumIsTheSameWithAndWithoutTheGradient(String name, Loss loss) {
    forEachKernel(
        (kernel, p, gradient) -> {
          double sum = loss.sum(kernel, p, labels(loss), WEIGHTS, EXAMPLES, Shape.of(OUTPUTS));
          assertThat(
                  loss.gradient(
                      kernel, p, labels(loss), WEIGHTS, EXAMPLES, Shape.of(OUTPUTS), gradient))
              .as(name)
              .isEqualTo(sum);
          assertThat(sum).isFinite();
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void weightsMultiplyLossGradientAndDivisor(String name, Loss loss) {
    forEachKernel(
        (kernel, p, gradient) -> {
          float[] ones = filled(1);
          float[] threes = filled(3);
          double sum =
              loss.gradient(kernel, p, labels(loss), ones, EXAMPLES, Shape.of(OUTPUTS), gradient);
          double[] once = numbers(gradient);
          double tripled =
              loss.gradient(kernel, p, labels(loss), threes, EXAMPLES, Shape.of(OUTPUTS), gradient);
          assertThat(tripled).isCloseTo(3 * sum, within(1e-12 * Math.abs(sum)));
          double[] thrice = numbers(gradient);
          for (int i = 0; i < once.length; i++) {
            assertThat(thrice[i]).isCloseTo(3 * once[i], within(1e-6 * Math.abs(once[i])));
          }
          double weight = loss.weight(labels(loss), ones, EXAMPLES, Shape.of(OUTPUTS));
          assertThat(weight).isPositive();
          assertThat(loss.weight(labels(loss), threes, EXAMPLES, Shape.of(OUTPUTS)))
              .isCloseTo(3 * weight, within(1e-12 * weight));
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void anExampleOfWeightZeroIsLeftOutWhateverItsPredictions(String name, Loss loss) {
    forEachKernel(
        (kernel, p, gradient) -> {
          double sum = loss.sum(kernel, p, labels(loss), WEIGHTS, EXAMPLES, Shape.of(OUTPUTS));
          for (int o = 0; o < OUTPUTS; o++) {
            p.set(2 * OUTPUTS + o, Double.NaN);
          }
          assertThat(
                  loss.gradient(
                      kernel, p, labels(loss), WEIGHTS, EXAMPLES, Shape.of(OUTPUTS), gradient))
              .as(name)
              .isEqualTo(sum);
          for (int o = 0; o < OUTPUTS; o++) {
            assertThat(gradient.get(2 * OUTPUTS + o)).isZero();
          }
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void anEmptySliceSumsToNothing(String name, Loss loss) {
    forEachKernel(
        (kernel, p, gradient) -> {
          assertThat(
                  loss.gradient(kernel, p, labels(loss), WEIGHTS, 0, Shape.of(OUTPUTS), gradient))
              .as(name)
              .isZero();
          assertThat(loss.weight(labels(loss), WEIGHTS, 0, Shape.of(OUTPUTS))).isZero();
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void slicesAddUp(String name, Loss loss) {
    forEachKernel(
        (kernel, p, gradient) -> {
          float[] labels = labels(loss);
          int width = loss.labelWidth(Shape.of(OUTPUTS));
          double sum = loss.sum(kernel, p, labels, WEIGHTS, EXAMPLES, Shape.of(OUTPUTS));
          double parts =
              loss.sum(kernel, p, labels, WEIGHTS, 2, Shape.of(OUTPUTS))
                  + loss.sum(
                      kernel,
                      p.view(2 * OUTPUTS, 3 * OUTPUTS),
                      Arrays.copyOfRange(labels, 2 * width, labels.length),
                      Arrays.copyOfRange(WEIGHTS, 2, EXAMPLES),
                      3,
                      Shape.of(OUTPUTS));
          assertThat(parts).as(name).isCloseTo(sum, within(1e-12 * Math.abs(sum)));
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void predictionsAreNotModifiedAndPresentedFinite(String name, Loss loss) {
    forEachKernel(
        (kernel, p, gradient) -> {
          double[] before = numbers(p);
          loss.gradient(kernel, p, labels(loss), WEIGHTS, EXAMPLES, Shape.of(OUTPUTS), gradient);
          assertThat(numbers(p)).as(name).isEqualTo(before);
          Buffer shown = kernel.allocate(EXAMPLES * OUTPUTS);
          loss.present(kernel, p, shown, EXAMPLES, Shape.of(OUTPUTS));
          double[] apart = numbers(shown);
          assertThat(apart).doesNotContain(Double.NaN);
          assertThat(numbers(p)).isEqualTo(before);
          loss.present(kernel, p, p, EXAMPLES, Shape.of(OUTPUTS));
          assertThat(numbers(p)).as("presented in place").isEqualTo(apart);
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void aLabelThatIsNotANumberIsRefused(String name, Loss loss) {
    forEachKernel(
        (kernel, p, gradient) -> {
          float[] labels = labels(loss);
          labels[labels.length - 1] = Float.NaN;
          assertThatThrownBy(
                  () -> loss.sum(kernel, p, labels, WEIGHTS, EXAMPLES, Shape.of(OUTPUTS)))
              .as(name)
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith(loss.name() + ": a label must be ")
              .hasMessageEndingWith(", got NaN (example 4 of the slice)");
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void metricsAreWithinTheirRangeAndAddUp(String name, Loss loss) {
    List<Metric> list = loss.metrics();
    assertThat(list).as(name).isNotEmpty();
    Metrics metrics = new Metrics(list, Shape.of(OUTPUTS));
    forEachKernel(
        (kernel, p, gradient) -> {
          double[] sums = new double[metrics.sums()];
          metrics.add(p, labels(loss), WEIGHTS, EXAMPLES, sums);
          assertThat(metrics.values(sums)).containsOnlyKeys(metrics.names());
          assertThat(metrics.values(sums).values()).allMatch(Double::isFinite);
          double[] twice = sums.clone();
          metrics.add(p, labels(loss), WEIGHTS, EXAMPLES, twice);
          metrics
              .values(twice)
              .forEach(
                  (metric, value) ->
                      assertThat(value)
                          .as(metric)
                          .isCloseTo(metrics.values(sums).get(metric), within(1e-12)));
        });
  }

  private interface Check {
    void run(Kernel kernel, Buffer predictions, Buffer gradient);
  }

  private static void forEachKernel(Check check) {
    TestKernels.all()
        .forEach(
            (name, kernel) -> {
              Buffer p = kernel.allocate(EXAMPLES * OUTPUTS);
              p.write(0, rows(1), EXAMPLES * OUTPUTS);
              check.run(kernel, p, kernel.allocate(EXAMPLES * OUTPUTS));
            });
  }

  /** Rows of positive numbers that sum to 1: good as probabilities, logits and values alike. */
  private static double[] rows(long seed) {
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 0, 0, 0);
    double[] rows = new double[EXAMPLES * OUTPUTS];
    for (int e = 0; e < EXAMPLES; e++) {
      double sum = 0;
      for (int o = 0; o < OUTPUTS; o++) {
        rows[e * OUTPUTS + o] = 0.05 + random.unit(e * OUTPUTS + o);
        sum += rows[e * OUTPUTS + o];
      }
      for (int o = 0; o < OUTPUTS; o++) {
        rows[e * OUTPUTS + o] /= sum;
      }
    }
    return rows;
  }

  /** Class indices where a loss takes one number, else rows as of probabilities. */
  private static float[] labels(Loss loss) {
    if (loss.labelWidth(Shape.of(OUTPUTS)) == 1) {
      return new float[] {3, 0, 2, 1, 3};
    }
    double[] rows = rows(2);
    float[] labels = new float[rows.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (float) rows[i];
    }
    return labels;
  }

  private static float[] filled(float value) {
    float[] values = new float[EXAMPLES];
    Arrays.fill(values, value);
    return values;
  }

  private static double[] numbers(Buffer buffer) {
    double[] values = new double[buffer.length()];
    buffer.read(0, values, values.length);
    return values;
  }
}
