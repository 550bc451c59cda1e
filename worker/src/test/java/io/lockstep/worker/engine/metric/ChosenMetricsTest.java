package io.lockstep.worker.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Metrics as a configuration names them, against their plain definitions. */
class ChosenMetricsTest {
  private static final int N = 300;
  private static final Task LOGITS = new Task.YesNo(Scale.LOGITS);
  private static final Task CLASSES = new Task.Classes(Accuracy.Labels.INDEX, Scale.LOGITS);
  private static final Shape ONE = Shape.of(1);
  private static final RandomStream RANDOM = RandomStream.of(11, Purpose.GRADIENT_CHECK, 0, 0, 0);

  private static double[] scores(int n, double step) {
    double[] scores = new double[n];
    for (int i = 0; i < n; i++) {
      double x = 2 * RANDOM.normal(i);
      scores[i] = step == 0 ? (float) x : step * Math.rint(x / step);
    }
    return scores;
  }

  /** More often yes where the score is high. */
  private static float[] yesNo(double[] scores) {
    float[] labels = new float[scores.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = scores[i] + 2 * RANDOM.normal(10_000 + i) > 0.5 ? 1 : 0;
    }
    return labels;
  }

  private static float[] weights(int n) {
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      weights[i] = new float[] {1, 0.5f, 0, 2}[i % 4];
    }
    return weights;
  }

  private static double area(double[] scores, float[] labels, float[] weights) {
    double higher = 0;
    double pairs = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          double w = (double) weights[i] * weights[j];
          pairs += w;
          higher += scores[i] > scores[j] ? w : scores[i] == scores[j] ? w / 2 : 0;
        }
      }
    }
    return higher / pairs;
  }

  @Test
  void theAreaIsThatOfAllPairsWhereScoresWithTiesHaveTheirOwnBins() {
    double[] scores = scores(N, 0.25);
    float[] labels = yesNo(scores);
    assertThat(scalar("auc", Map.of(), LOGITS, ONE, scores, labels, weights(N)))
        .isCloseTo(area(scores, labels, weights(N)), within(1e-12));
  }

  @Test
  void theAreaOfOtherScoresIsOffByLessThanItsBound() {
    double[] scores = scores(N, 0);
    float[] labels = yesNo(scores);
    double same = 0;
    double pairs = 0;
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          double w = (double) weights(N)[i] * weights(N)[j];
          pairs += w;
          same += Auc.bin(scores[i]) == Auc.bin(scores[j]) ? w : 0;
        }
      }
    }
    double bound = same / pairs / 2;
    assertThat(bound).isLessThan(0.01);
    double exact = area(scores, labels, weights(N));
    assertThat(scalar("auc", Map.of(), LOGITS, ONE, scores, labels, weights(N)))
        .isCloseTo(exact, within(bound))
        .isCloseTo(exact, within(0.002));
  }

  @Test
  void theAreaIsTheSameByProbabilities() {
    double[] scores = scores(N, 0.25);
    double[] p = Arrays.stream(scores).map(z -> 1 / (1 + StrictMath.exp(-z))).toArray();
    float[] labels = yesNo(scores);
    // a score at the edge of a bin may come back on its other side
    assertThat(
            scalar(
                "auc", Map.of(), new Task.YesNo(Scale.PROBABILITIES), ONE, p, labels, weights(N)))
        .isCloseTo(area(scores, labels, weights(N)), within(0.01));
  }

  @Test
  void binsAscendWithTheScoreAndTakeEveryNumber() {
    double[] ascending = {
      Double.NEGATIVE_INFINITY,
      -1e9,
      -5000,
      -1,
      -0.001,
      0,
      1e-5,
      0.001,
      0.9,
      1,
      1.1,
      1e9,
      Double.POSITIVE_INFINITY
    };
    int before = 0;
    for (double score : ascending) {
      assertThat(Auc.bin(score)).isBetween(before, Auc.BINS - 1);
      before = Auc.bin(score);
    }
    assertThat(Auc.bin(-2.5)).isEqualTo(Auc.BINS - 1 - Auc.bin(2.5));
    assertThat(Auc.bin(Double.NaN)).isEqualTo(Auc.bin(0));
  }

  @Test
  void severalClassesAreJudgedEachAgainstTheRest() {
    double[] z = scores(3 * N, 0);
    float[] labels = classes(z);
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      double[] odds = new double[N];
      float[] is = new float[N];
      for (int i = 0; i < N; i++) {
        double rest = 0;
        for (int o = 0; o < 3; o++) {
          rest += o == c ? 0 : StrictMath.exp(z[3 * i + o]);
        }
        odds[i] = z[3 * i + c] - StrictMath.log(rest);
        is[i] = labels[i] == c ? 1 : 0;
      }
      sum += area(odds, is, weights(N));
    }
    assertThat(scalar("auc", Map.of(), CLASSES, Shape.of(3), z, labels, weights(N)))
        .isCloseTo(sum / 3, within(0.005));
  }

  private static float[] classes(double[] z) {
    float[] labels = new float[z.length / 3];
    for (int i = 0; i < labels.length; i++) {
      int noisy = (int) (RANDOM.unit(20_000 + i) * 3);
      labels[i] = RANDOM.unit(30_000 + i) < 0.5 ? noisy : best(z, i);
    }
    return labels;
  }

  private static int best(double[] z, int i) {
    int best = 0;
    for (int c = 1; c < 3; c++) {
      best = z[3 * i + c] > z[3 * i + best] ? c : best;
    }
    return best;
  }

  @Test
  void theConfusionMatrixCountsWeightsByLabelAndPrediction() {
    double[] z = scores(3 * N, 0.5);
    float[] labels = classes(z);
    double[][] table = table(z, labels);
    assertThat(list("confusion-matrix", Map.of(), CLASSES, Shape.of(3), z, labels, weights(N)))
        .isEqualTo(Arrays.stream(table).map(row -> Arrays.stream(row).boxed().toList()).toList());
  }

  private static double[][] table(double[] z, float[] labels) {
    double[][] table = new double[3][3];
    for (int i = 0; i < N; i++) {
      table[(int) labels[i]][best(z, i)] += weights(N)[i];
    }
    return table;
  }

  @Test
  void precisionRecallAndF1FollowFromTheConfusionMatrix() {
    double[] z = scores(3 * N, 0.5);
    float[] labels = classes(z);
    double[][] table = table(z, labels);
    double[] precision = new double[3];
    double[] recall = new double[3];
    double right = 0;
    double all = 0;
    for (int c = 0; c < 3; c++) {
      double named = table[0][c] + table[1][c] + table[2][c];
      double there = table[c][0] + table[c][1] + table[c][2];
      precision[c] = table[c][c] / named;
      recall[c] = table[c][c] / there;
      right += table[c][c];
      all += there;
    }
    double macro = 0;
    for (int c = 0; c < 3; c++) {
      macro += 2 * precision[c] * recall[c] / (precision[c] + recall[c]) / 3;
    }
    Shape three = Shape.of(3);
    assertThat(scalar("f1", Map.of(), CLASSES, three, z, labels, weights(N)))
        .isCloseTo(macro, within(1e-12));
    assertThat(scalar("f1", Map.of("average", "micro"), CLASSES, three, z, labels, weights(N)))
        .isCloseTo(right / all, within(1e-12));
    assertThat(list("precision", Map.of("average", "each"), CLASSES, three, z, labels, weights(N)))
        .isEqualTo(Arrays.stream(precision).boxed().toList());
    assertThat(list("recall", Map.of("average", "each"), CLASSES, three, z, labels, weights(N)))
        .isEqualTo(Arrays.stream(recall).boxed().toList());
  }

  @Test
  void ofYesAndNoTheFiguresAreThoseOfYes() {
    double[] z = {1, 2, -1, 3, -2, -1};
    float[] labels = {1, 0, 1, 1, 0, 0};
    float[] ones = {1, 1, 1, 1, 1, 1};
    assertThat(scalar("precision", Map.of(), LOGITS, ONE, z, labels, ones)).isEqualTo(2 / 3.0);
    assertThat(scalar("recall", Map.of(), LOGITS, ONE, z, labels, ones)).isEqualTo(2 / 3.0);
    assertThat(list("confusion-matrix", Map.of(), LOGITS, ONE, z, labels, ones))
        .isEqualTo(List.of(List.of(2.0, 1.0), List.of(1.0, 2.0)));
    double[] pairs = {0, 1, 0, 2, 0, -1, 0, 3, 0, -2, 0, -1};
    assertThat(scalar("f1", Map.of(), CLASSES, Shape.of(2), pairs, labels, ones))
        .as("class 1 of two")
        .isEqualTo(2 / 3.0);
    assertThat(scalar("recall", Map.of(), LOGITS, ONE, z, new float[6], ones))
        .as("nothing to be found")
        .isZero();
  }

  @Test
  void amongTheKLargestTheFirstOfEqualsCounts() {
    double[] z = {3, 2, 2, 0, 1, 1, 1, 1};
    float[] ones = {1, 1};
    Shape four = Shape.of(4);
    assertThat(scalar("top-k", Map.of("k", 2), CLASSES, four, z, new float[] {1, 1}, ones))
        .isEqualTo(1);
    assertThat(scalar("top-k", Map.of("k", 2), CLASSES, four, z, new float[] {2, 2}, ones))
        .isZero();
    assertThat(scalar("top-k", Map.of("k", 3), CLASSES, four, z, new float[] {2, 3}, ones))
        .isEqualTo(0.5);
  }

  @Test
  void perplexityIsTheNumberOfEquallyLikelyClasses() {
    Shape tokens = Shape.sequence(2, 4);
    double[] z = new double[8];
    assertThat(scalar("perplexity", Map.of(), CLASSES, tokens, z, new float[] {3, -1}, one()))
        .isCloseTo(4, within(1e-12));
    double[] p = {0.5, 0.5, 0, 0, 0.25, 0.25, 0.25, 0.25};
    Task probabilities = new Task.Classes(Accuracy.Labels.INDEX, Scale.PROBABILITIES);
    assertThat(scalar("perplexity", Map.of(), probabilities, tokens, p, new float[] {0, 3}, one()))
        .isCloseTo(Math.sqrt(8), within(1e-12));
  }

  @Test
  void coverageIsTheShareOfLabelsUpToEachQuantile() {
    Task task = new Task.Quantiles(List.of(0.1, 0.9));
    double[] p = {0, 2, 1, 3, -1, 5, 2, 2};
    assertThat(list("coverage", Map.of(), task, Shape.of(4), p, new float[] {1, 3, 4, 2}, ones(2)))
        .isEqualTo(List.of(0.25, 1.0));
  }

  @Test
  void theErrorRateIsOfEditsForEachLabel() {
    Shape output = Shape.sequence(4, 3);
    double[] says112 = {0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1};
    Task task = new Task.Spelling(0, false);
    assertThat(scalar("label-error-rate", Map.of(), task, output, says112, row(1, 2), one()))
        .isZero();
    assertThat(scalar("label-error-rate", Map.of(), task, output, says112, row(2, 2), one()))
        .isEqualTo(0.5);
    assertThat(scalar("label-error-rate", Map.of(), task, output, says112, row(2), one()))
        .isEqualTo(1);
    assertThat(
            scalar(
                "label-error-rate",
                Map.of(),
                new Task.Spelling(0, true),
                output,
                says112,
                new float[] {2, 1, -1},
                one()))
        .as("the first two positions alone")
        .isZero();
  }

  @Test
  void embeddingsAreJudgedByTheirDistances() {
    double[] pairs = {0, 0, 0.3f, 0.4f, 0, 0, 3, 4};
    assertThat(
            scalar(
                "accuracy",
                Map.of(),
                new Task.Pairs(1),
                Shape.of(4),
                pairs,
                new float[] {1, 1},
                ones(2)))
        .isEqualTo(0.5);
    double[] triplets = {0, 1, 2, 0, 2, 1};
    assertThat(
            scalar(
                "accuracy",
                Map.of(),
                new Task.Triplets(),
                Shape.of(3),
                triplets,
                new float[0],
                new float[] {3, 1}))
        .isEqualTo(0.75);
  }

  @Test
  void aMetricThatCannotJudgeTheOutputsIsRefusedWithTheWayOut() {
    assertThatThrownBy(() -> choose("auc", Map.of(), new Task.Values(), ONE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "metrics[0]: metric auc judges classes, or yes or no, but the loss asks for values;"
                + " leave it out, or take mse, rmse, mae, r2 (program)");
    assertThatThrownBy(() -> choose("top-k", Map.of("k", 4), CLASSES, Shape.of(4)))
        .hasMessage(
            "metrics[0]: metric top-k with k: 4 judges more classes than k, got outputs [4];"
                + " leave it out (program)");
    assertThatThrownBy(() -> choose("confusion-matrix", Map.of(), LOGITS, Shape.of(3)))
        .hasMessageContaining("judges one class a position, got outputs [3]");
  }

  @Test
  void twoOfOneNameAreRefused() {
    Options f1 = Options.of("metrics[1]", Map.of("type", "f1"));
    assertThatThrownBy(() -> Metrics.of(List.of(f1, f1), LOGITS, ONE))
        .hasMessage("metrics[1] is a second metric named 'f1'; leave one out (program)");
  }

  private static float[] row(int... labels) {
    float[] row = {-1, -1, -1, -1};
    for (int i = 0; i < labels.length; i++) {
      row[i] = labels[i];
    }
    return row;
  }

  private static float[] one() {
    return ones(1);
  }

  private static float[] ones(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Metrics choose(
      String type, Map<String, Object> settings, Task task, Shape output) {
    Map<String, Object> section = new TreeMap<>(settings);
    section.put("type", type);
    return Metrics.of(List.of(Options.of("metrics[0]", section)), task, output);
  }

  private static double scalar(
      String type,
      Map<String, Object> settings,
      Task task,
      Shape output,
      double[] p,
      float[] labels,
      float[] weights) {
    Metrics metrics = choose(type, settings, task, output);
    return Objects.requireNonNull(
        values(metrics, p, labels, weights).scalars().get(metrics.names().get(0)));
  }

  private static List<?> list(
      String type,
      Map<String, Object> settings,
      Task task,
      Shape output,
      double[] p,
      float[] labels,
      float[] weights) {
    Metrics metrics = choose(type, settings, task, output);
    return Objects.requireNonNull(
        values(metrics, p, labels, weights).lists().get(metrics.names().get(0)));
  }

  /** On both kernels the same. */
  private static MetricValues values(Metrics metrics, double[] p, float[] labels, float[] weights) {
    List<MetricValues> found =
        TestKernels.all().values().stream()
            .map(kernel -> values(kernel, metrics, p, labels, weights))
            .toList();
    assertThat(found.get(1).lists()).isEqualTo(found.get(0).lists());
    return found.get(0);
  }

  private static MetricValues values(
      Kernel kernel, Metrics metrics, double[] p, float[] labels, float[] weights) {
    Buffer predictions = kernel.allocate(p.length);
    predictions.write(0, p, p.length);
    double[] sums = new double[metrics.sums()];
    metrics.add(predictions, labels, weights, weights.length, sums);
    return metrics.values(sums);
  }
}
