package io.lockstep.worker.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Metric INDEX = new Accuracy(Accuracy.Labels.INDEX);
  private static final Metric ROW = new Accuracy(Accuracy.Labels.ROW);

  @Test
  void accuracyIsTheShareOfRightLargestOutputs() {
    double[] p = {0.1, 0.7, 0.2, 0.5, 0.2, 0.3, 0.1, 0.2, 0.7};
    assertThat(value(INDEX, p, new float[] {1, 2, 2}, new float[] {1, 1, 1}, 3))
        .isCloseTo(2 / 3.0, within(1e-15));
    float[] rows = {0, 1, 0, 0, 0, 1, 0, 0, 1};
    assertThat(value(ROW, p, rows, new float[] {1, 1, 1}, 3)).isCloseTo(2 / 3.0, within(1e-15));
  }

  @Test
  void ofSeveralLargestOutputsTheFirstCounts() {
    double[] p = {0.4, 0.4, 0.2};
    assertThat(value(INDEX, p, new float[] {0}, new float[] {1}, 3)).isEqualTo(1);
    assertThat(value(INDEX, p, new float[] {1}, new float[] {1}, 3)).isZero();
  }

  @Test
  void binaryAccuracySaysNoAtTheThreshold() {
    double[] z = {0, 0.001, -3, 5};
    float[] labels = {0, 1, 1, 1};
    assertThat(value(new BinaryAccuracy(0), z, labels, new float[] {1, 1, 1, 1}, 1))
        .isEqualTo(0.75);
    double[] p = {0.5, 0.500001, 0.1, 0.9};
    assertThat(value(new BinaryAccuracy(0.5), p, labels, new float[] {1, 1}, 2)).isEqualTo(0.75);
  }

  @Test
  void weightsCountAndZeroLeavesOut() {
    double[] p = {0.9, 0.1, 0.9, 0.1, Double.NaN, Double.NaN};
    float[] labels = {0, 1, 0};
    assertThat(value(INDEX, p, labels, new float[] {3, 1, 0}, 2)).isEqualTo(0.75);
    double[] q = {1, 2, Double.NaN};
    assertThat(mean(MeanError.Kind.MSE, q, new float[] {0, 0, 0}, new float[] {3, 1, 0}))
        .isEqualTo(7 / 4.0);
    assertThat(value(new RSquared(), q, new float[] {1, 2, 9}, new float[] {3, 1, 0}, 1))
        .isEqualTo(1);
  }

  @Test
  void errorsAreTheMeansOfTheirNames() {
    double[] p = {1, 2, 3, 5};
    float[] labels = {1, 0, 3, 1};
    float[] ones = {1, 1, 1, 1};
    assertThat(mean(MeanError.Kind.MSE, p, labels, ones)).isEqualTo(5);
    assertThat(mean(MeanError.Kind.RMSE, p, labels, ones)).isEqualTo(Math.sqrt(5));
    assertThat(mean(MeanError.Kind.MAE, p, labels, ones)).isEqualTo(1.5);
    assertThat(value(new MeanError(MeanError.Kind.MSE), p, labels, new float[] {1, 1}, 2))
        .isEqualTo(5);
  }

  @Test
  void rSquaredIsTheExplainedShareOfTheVariance() {
    float[] labels = {1, 2, 3, 4};
    float[] ones = {1, 1, 1, 1};
    Metric r2 = new RSquared();
    assertThat(value(r2, new double[] {1, 2, 3, 4}, labels, ones, 1)).isEqualTo(1);
    assertThat(value(r2, new double[] {2.5, 2.5, 2.5, 2.5}, labels, ones, 1)).isZero();
    // 1 - (0.25 + 0 + 0 + 1) / 5
    assertThat(value(r2, new double[] {1.5, 2, 3, 5}, labels, ones, 1))
        .isCloseTo(0.75, within(1e-15));
    // the mean over two outputs: 1 and -3
    assertThat(
            value(r2, new double[] {1, 4, 3, 2}, new float[] {1, 2, 3, 4}, new float[] {1, 1}, 2))
        .isCloseTo(-1, within(1e-15));
  }

  @Test
  void rSquaredOfLabelsThatAreAllEqualIsOneOnlyForExactPredictions() {
    float[] labels = {0.1f, 0.1f, 0.1f};
    float[] ones = {1, 1, 1};
    double exact = 0.1f;
    Metric r2 = new RSquared();
    assertThat(value(r2, new double[] {exact, exact, exact}, labels, ones, 1)).isEqualTo(1);
    assertThat(value(r2, new double[] {exact, 1, exact}, labels, ones, 1)).isZero();
  }

  @Test
  void rSquaredKeepsItsDigitsWhereTheMeanIsAThousandTimesTheDeviation() {
    float[] labels = {2000, 2001, 2002, 2003};
    double[] p = {2000.5, 2001, 2002, 2004};
    assertThat(value(new RSquared(), p, labels, new float[] {1, 1, 1, 1}, 1))
        .isCloseTo(0.75, within(1e-8));
  }

  @Test
  void withoutExamplesEveryMetricIsNotANumber() {
    for (Metric metric :
        List.of(INDEX, new BinaryAccuracy(0), new MeanError(MeanError.Kind.RMSE), new RSquared())) {
      assertThat(scalar(metric.value(new double[metric.sums(Shape.of(3))], 0, Shape.of(3))))
          .as(metric.name())
          .isNaN();
    }
  }

  @Test
  void sumsOfSeveralMetricsLieOneAfterAnother() {
    Metrics metrics =
        new Metrics(List.of(new MeanError(MeanError.Kind.MAE), new RSquared()), Shape.of(2));
    assertThat(metrics.sums()).isEqualTo(2 + 7);
    assertThat(metrics.names()).containsExactly("mae", "r2");
    Kernel kernel = TestKernels.float64();
    Buffer p = kernel.allocate(4);
    p.write(0, new double[] {1, 4, 3, 2}, 4);
    double[] sums = new double[9];
    metrics.add(p, new float[] {1, 2, 3, 4}, new float[] {1, 1}, 2, sums);
    assertThat(metrics.values(sums).scalars()).containsEntry("mae", 1.0);
    assertThat(metrics.values(sums).scalars().get("r2")).isCloseTo(-1, within(1e-15));
  }

  private static double scalar(MetricValue value) {
    return ((MetricValue.Scalar) value).value();
  }

  private static double mean(MeanError.Kind kind, double[] p, float[] labels, float[] weights) {
    return value(new MeanError(kind), p, labels, weights, 1);
  }

  /** The same on every kernel. */
  private static double value(
      Metric metric, double[] p, float[] labels, float[] weights, int outputs) {
    double[] values =
        TestKernels.all().values().stream()
            .mapToDouble(
                kernel -> {
                  Buffer buffer = kernel.allocate(p.length);
                  buffer.write(0, p, p.length);
                  double[] sums = new double[metric.sums(Shape.of(outputs)) + 1];
                  metric.add(buffer, labels, weights, weights.length, Shape.of(outputs), sums, 1);
                  assertThat(sums[0]).isZero();
                  return scalar(metric.value(sums, 1, Shape.of(outputs)));
                })
            .toArray();
    for (double v : values) {
      assertThat(v).isCloseTo(values[0], within(1e-6));
    }
    return values[0];
  }
}
