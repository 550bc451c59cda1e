package io.lockstep.worker.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.check.GradientCheck;
import io.lockstep.worker.engine.check.GradientReport;
import io.lockstep.worker.engine.check.LossUnderCheck;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.MetricValues;
import io.lockstep.worker.engine.metric.Metrics;
import io.lockstep.worker.engine.nd4j.Cauchy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every loss of the registry holds to, by being in it. */
class LossContractTest {
  private static final int EXAMPLES = 5;
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
  private static final List<Map<String, Object>> FOCAL =
      List.of(
          LOGITS,
          Map.of("gamma", 0),
          Map.of("gamma", 0.5),
          Map.of("fromLogits", true, "gamma", 0.5),
          Map.of("fromLogits", true, "gamma", 3));

  /** Settings beside the defaults, by type. */
  private static final Map<String, List<Map<String, Object>>> SETTINGS =
      Map.ofEntries(
          Map.entry("categorical-cross-entropy", CLASSES),
          Map.entry("sparse-categorical-cross-entropy", CLASSES),
          Map.entry("huber", List.of(Map.of("delta", 0.1))),
          Map.entry(
              "quantile", List.of(Map.of("quantile", 0.9), Map.of("quantiles", List.of(0.1, 0.9)))),
          Map.entry(
              "binary-cross-entropy",
              List.of(
                  LOGITS,
                  Map.of("positiveWeight", 3),
                  Map.of("fromLogits", true, "positiveWeight", FOUR))),
          Map.entry("kl-divergence", List.of(LOGITS)),
          Map.entry("js-divergence", List.of(LOGITS)),
          Map.entry("focal", FOCAL),
          Map.entry("categorical-focal", FOCAL),
          Map.entry("sparse-categorical-focal", FOCAL),
          Map.entry("dice", List.of(LOGITS)),
          Map.entry("contrastive", List.of(Map.of("margin", 0.1))),
          Map.entry("triplet", List.of(Map.of("margin", 0.1))),
          Map.entry("java", List.of(Map.of("class", Cauchy.class.getName()))),
          Map.entry("ctc", List.of(LOGITS, Map.of("maxLabels", 3, "fromLogits", true))));

  /** Outputs beside the example's own, by type. */
  private static final Map<String, Shape> FURTHER_OUTPUTS =
      Map.of(
          "sparse-categorical-cross-entropy", Shape.sequence(3, 4),
          "multi-class-hinge", Shape.sequence(3, 4),
          "kl-divergence", Shape.sequence(2, 3),
          "sparse-categorical-focal", Shape.image(4, 2, 3),
          "dice", Shape.image(2, 2, 2),
          "cosine", Shape.sequence(3, 2),
          "contrastive", Shape.sequence(2, 3),
          "triplet", Shape.sequence(3, 2),
          "gaussian-kl", Shape.sequence(2, 4));

  /**
   * A loss and what it is tried on.
   *
   * @param section of the configuration
   */
  record Case(Map<String, Object> section, Loss loss, LossExample example) {
    Shape output() {
      return example.output();
    }

    float[] labels() {
      return example.labels(loss, EXAMPLES);
    }

    boolean takesProbabilities() {
      boolean either =
          Losses.REGISTRY.entries().stream()
              .filter(entry -> entry.name().equals(loss.name()))
              .flatMap(entry -> entry.keys().stream())
              .anyMatch(key -> key.name().equals("fromLogits"));
      return either && !section.containsKey("fromLogits");
    }

    @Override
    public String toString() {
      return section + " on " + output();
    }
  }

  static Stream<Case> losses() {
    return Losses.REGISTRY.entries().stream().flatMap(LossContractTest::casesOf);
  }

  private static Stream<Case> casesOf(Registry.Entry<Loss> entry) {
    LossExample example = LossExample.of(entry.name());
    Stream<Case> own =
        Stream.concat(
                Stream.of(Map.<String, Object>of()),
                SETTINGS.getOrDefault(entry.name(), List.of()).stream())
            .map(settings -> caseOf(entry.name(), settings, example));
    return FURTHER_OUTPUTS.containsKey(entry.name())
        ? Stream.concat(
            own,
            Stream.of(
                caseOf(entry.name(), Map.of(), example.on(FURTHER_OUTPUTS.get(entry.name())))))
        : own;
  }

  private static Case caseOf(String type, Map<String, Object> settings, LossExample example) {
    Map<String, Object> section = example.section(type, settings);
    return new Case(section, Losses.REGISTRY.create(Options.of("loss", section)), example);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void sampleLabelsAreTaken(Case c) {
    int width = c.loss().labelWidth(c.output());
    float[] labels = new float[EXAMPLES * width];
    for (int e = 0; e < EXAMPLES; e++) {
      c.loss().sample(c.output(), e, labels, e * width);
    }
    Kernel kernel = TestKernels.float64();
    Buffer p = kernel.allocate(EXAMPLES * c.output().size());
    kernel.fill(1.0 / c.output().channels(), p, p.length());
    double sum = c.loss().sum(kernel, p, labels, WEIGHTS, EXAMPLES, c.output());
    assertThat(sum).as("%s", c).isFinite();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void theGradientIsThatOfTheSum(Case c) {
    double[] predictions = c.example().predictions(EXAMPLES);
    LossUnderCheck f = new LossUnderCheck(c.loss(), predictions, c.labels(), WEIGHTS, c.output());
    GradientReport report = new GradientCheck(9, predictions.length).check(f);
    assertThat(report.isRight()).as("%s: %s", c, report).isTrue();
    assertThat(report.checked()).isGreaterThan(predictions.length / 2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void theSumIsTheSameWithAndWithoutTheGradient(Case c) {
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          double sum = sum(c, kernel, p, WEIGHTS);
          assertThat(gradient(c, kernel, p, WEIGHTS, gradient)).isEqualTo(sum);
          assertThat(sum).isFinite();
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void weightsMultiplyLossGradientAndDivisor(Case c) {
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          float[] ones = filled(1);
          float[] threes = filled(3);
          double sum = gradient(c, kernel, p, ones, gradient);
          double[] once = numbers(gradient);
          double tripled = gradient(c, kernel, p, threes, gradient);
          assertThat(tripled).isCloseTo(3 * sum, within(1e-12 * Math.abs(sum)));
          double[] thrice = numbers(gradient);
          for (int i = 0; i < once.length; i++) {
            assertThat(thrice[i]).isCloseTo(3 * once[i], within(1e-6 * Math.abs(once[i])));
          }
          double weight = c.loss().weight(c.labels(), ones, EXAMPLES, c.output());
          assertThat(weight).isPositive();
          assertThat(c.loss().weight(c.labels(), threes, EXAMPLES, c.output()))
              .isCloseTo(3 * weight, within(1e-12 * weight));
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void anExampleOfWeightZeroIsLeftOutWhateverItsPredictions(Case c) {
    int size = c.output().size();
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          double sum = sum(c, kernel, p, WEIGHTS);
          for (int o = 0; o < size; o++) {
            p.set(2 * size + o, Double.NaN);
          }
          assertThat(gradient(c, kernel, p, WEIGHTS, gradient)).isEqualTo(sum);
          for (int o = 0; o < size; o++) {
            assertThat(gradient.get(2 * size + o)).isZero();
          }
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void anEmptySliceSumsToNothing(Case c) {
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          assertThat(c.loss().gradient(kernel, p, c.labels(), WEIGHTS, 0, c.output(), gradient))
              .isZero();
          assertThat(c.loss().weight(c.labels(), WEIGHTS, 0, c.output())).isZero();
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void slicesAddUp(Case c) {
    int size = c.output().size();
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          float[] labels = c.labels();
          int width = c.loss().labelWidth(c.output());
          double sum = sum(c, kernel, p, WEIGHTS);
          double parts =
              c.loss().sum(kernel, p, labels, WEIGHTS, 2, c.output())
                  + c.loss()
                      .sum(
                          kernel,
                          p.view(2 * size, 3 * size),
                          Arrays.copyOfRange(labels, 2 * width, labels.length),
                          Arrays.copyOfRange(WEIGHTS, 2, EXAMPLES),
                          3,
                          c.output());
          assertThat(parts).isCloseTo(sum, within(1e-12 * Math.abs(sum)));
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void predictionsAreNotModifiedAndPresentedFinite(Case c) {
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          double[] before = numbers(p);
          gradient(c, kernel, p, WEIGHTS, gradient);
          assertThat(numbers(p)).isEqualTo(before);
          Buffer shown = kernel.allocate(p.length());
          c.loss().present(kernel, p, shown, EXAMPLES, c.output());
          double[] apart = numbers(shown);
          assertThat(apart).doesNotContain(Double.NaN);
          assertThat(numbers(p)).isEqualTo(before);
          c.loss().present(kernel, p, p, EXAMPLES, c.output());
          assertThat(numbers(p)).as("presented in place").isEqualTo(apart);
        });
  }

  /** Of either sign, 0 and 1 where they are probabilities. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void lossAndGradientAreFiniteForHugePredictions(Case c) {
    double low = c.takesProbabilities() ? 0 : -1000;
    double high = c.takesProbabilities() ? 1 : 1000;
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          for (int pattern = 1; pattern < 16; pattern++) {
            for (int i = 0; i < p.length(); i++) {
              p.set(i, (pattern >> (i % 4) & 1) == 0 ? low : high);
            }
            assertThat(gradient(c, kernel, p, filled(1), gradient)).isFinite();
            assertThat(Arrays.stream(numbers(gradient)))
                .as("pattern %s", pattern)
                .allMatch(Double::isFinite);
          }
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void aLabelThatIsNotANumberIsRefused(Case c) {
    Assumptions.assumeTrue(c.loss().labelWidth(c.output()) > 0, "there are labels");
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          float[] labels = c.labels();
          labels[labels.length - 1] = Float.NaN;
          assertThatThrownBy(() -> c.loss().sum(kernel, p, labels, WEIGHTS, EXAMPLES, c.output()))
              .isInstanceOf(DataException.class)
              .hasMessageStartingWith(c.loss().name() + ": a label must be ")
              .hasMessageEndingWith(", got NaN (example 4 of the slice)");
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void itsStandardMetricsAreFiniteAndAddUp(Case c) {
    Metrics metrics = Metrics.of(List.of(), c.loss().task(), c.output());
    forEachKernel(
        c,
        (kernel, p, gradient) -> {
          double[] sums = new double[metrics.sums()];
          metrics.add(p, c.labels(), WEIGHTS, EXAMPLES, sums);
          MetricValues values = metrics.values(sums);
          assertThat(values.scalars().values()).allMatch(Double::isFinite);
          double[] twice = sums.clone();
          metrics.add(p, c.labels(), WEIGHTS, EXAMPLES, twice);
          metrics
              .values(twice)
              .scalars()
              .forEach(
                  (metric, value) ->
                      assertThat(value)
                          .as(metric)
                          .isCloseTo(values.scalars().get(metric), within(1e-12)));
        });
  }

  private static double sum(Case c, Kernel kernel, Buffer p, float[] weights) {
    return c.loss().sum(kernel, p, c.labels(), weights, EXAMPLES, c.output());
  }

  private static double gradient(
      Case c, Kernel kernel, Buffer p, float[] weights, Buffer gradient) {
    return c.loss().gradient(kernel, p, c.labels(), weights, EXAMPLES, c.output(), gradient);
  }

  private interface Check {
    void run(Kernel kernel, Buffer predictions, Buffer gradient);
  }

  private static void forEachKernel(Case c, Check check) {
    double[] predictions = c.example().predictions(EXAMPLES);
    TestKernels.all()
        .forEach(
            (name, kernel) -> {
              Buffer p = kernel.allocate(predictions.length);
              p.write(0, predictions, predictions.length);
              check.run(kernel, p, kernel.allocate(predictions.length));
            });
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
