package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The area under the receiver operating characteristic: the probability that a positive scores
 * higher than a negative, half of it where they score the same. Outputs that say yes or no are
 * judged each by itself, of several classes each against the rest by its log odds, of two classes
 * class 1; the mean is over those that have positives and negatives.
 *
 * <p>So that slices add up, scores are counted in fixed bins, {@value #STEPS} to each doubling of
 * their size from 2^-12 to 2^12, on both sides of 0: scores are the logits, or log(p / (1 - p)), so
 * that nothing is crowded at probabilities near 0 and 1. Scores of one bin count as the same, which
 * puts the area off by at most half the share, among all pairs of a positive and a negative, of the
 * pairs that share a bin; for scores that are spread like a normal distribution that bound is 0.01,
 * and the error itself far smaller, as it cancels within a bin. Sums: for each output or class the
 * weights of the positives in each bin, then those of the negatives.
 *
 * @param task classes, or yes or no
 * @param average how several become one number
 */
record Auc(Task task, Average average) implements Metric {
  /** How several outputs or classes become one number. */
  public enum Average {
    /** The mean. */
    MACRO,
    /** No number but a list with one for each. */
    EACH
  }

  private static final int STEP_BITS = 4;
  private static final int STEPS = 1 << STEP_BITS;
  private static final int LEAST_EXPONENT = -12;
  private static final int MOST_EXPONENT = 12;

  /** Bins on each side of 0, which has one of its own. */
  private static final int SIDE = (MOST_EXPONENT - LEAST_EXPONENT) * STEPS;

  static final int BINS = 2 * SIDE + 1;

  private static final int MOST_SUMS = 1 << 15;

  private static final Key<String> AVERAGE =
      Key.choice(
          "average", "macro", List.of("macro", "each"), "macro: mean over classes; each: a list");

  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "auc",
          "area under the ROC curve, of classes each against the rest",
          List.of(AVERAGE),
          options -> {
            Average average = options.get(AVERAGE).equals("macro") ? Average.MACRO : Average.EACH;
            return (task, output) -> choose(average, task, output);
          });

  private static Metric choose(Average average, Task task, Shape output) {
    if (!(task instanceof Task.Classes) && !(task instanceof Task.YesNo)) {
      throw MetricChoice.refuse(ENTRY.name(), "classes, or yes or no", task);
    }
    Auc auc = new Auc(task, average);
    if (auc.sums(output) > MOST_SUMS) {
      throw new ConfigurationException(
          "metric auc judges at most "
              + MOST_SUMS / (2 * BINS)
              + " classes or outputs, got outputs "
              + output
              + "; leave it out");
    }
    return auc;
  }

  @Override
  public String name() {
    return average == Average.MACRO ? ENTRY.name() : ENTRY.name() + "-each";
  }

  /** Curves: one an output, or one a class; of two classes one. */
  private int curves(Shape output) {
    return task instanceof Task.Classes && output.channels() == 2 ? 1 : output.channels();
  }

  @Override
  public int sums(Shape output) {
    return Math.multiplyExact(2 * BINS, curves(output));
  }

  /** The bin of a score; bins ascend with it. */
  static int bin(double score) {
    double size = Math.abs(score);
    if (!(size >= 0x1p-12)) {
      return SIDE;
    }
    long bits = Double.doubleToRawLongBits(size) >>> (52 - STEP_BITS);
    long first = (long) (1023 + LEAST_EXPONENT) << STEP_BITS;
    int step = (int) Math.min(bits - first, SIDE - 1);
    return score > 0 ? SIDE + 1 + step : SIDE - 1 - step;
  }

  @Override
  public void add(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      double[] sums,
      int at) {
    int positions = output.positions();
    int channels = output.channels();
    for (int row = 0; row < examples * positions; row++) {
      double weight = weights[row / positions];
      if (weight == 0) {
        continue;
      }
      if (task instanceof Task.Classes classes) {
        addClasses(classes, predictions, labels, row, channels, weight, sums, at);
      } else {
        for (int c = 0; c < channels; c++) {
          int i = row * channels + c;
          double p = predictions.get(i);
          boolean logits = ((Task.YesNo) task).scale() == Scale.LOGITS;
          count(sums, at, c, labels[i] > 0.5f, logits ? p : ClassRows.logOdds(p), weight);
        }
      }
    }
  }

  private static void addClasses(
      Task.Classes task,
      Buffer predictions,
      float[] labels,
      int row,
      int classes,
      double weight,
      double[] sums,
      int at) {
    int label = ClassRows.labelled(task.labels(), labels, row, classes);
    if (label < 0) {
      return;
    }
    for (int c = classes == 2 ? 1 : 0; c < classes; c++) {
      double score = ClassRows.logOdds(task.scale(), predictions, row, c, classes);
      count(sums, at, classes == 2 ? 0 : c, label == c, score, weight);
    }
  }

  private static void count(
      double[] sums, int at, int curve, boolean positive, double score, double weight) {
    sums[at + (2 * curve + (positive ? 0 : 1)) * BINS + bin(score)] += weight;
  }

  @Override
  public MetricValue value(double[] sums, int at, Shape output) {
    List<Double> each = new ArrayList<>();
    double sum = 0;
    int known = 0;
    for (int curve = 0; curve < curves(output); curve++) {
      double area = area(sums, at + 2 * curve * BINS);
      each.add(area);
      if (!Double.isNaN(area)) {
        sum += area;
        known++;
      }
    }
    return average == Average.EACH
        ? new MetricValue.Each(each)
        : new MetricValue.Scalar(sum / known);
  }

  /** NaN without positives or without negatives. */
  private static double area(double[] sums, int at) {
    double below = 0;
    double pairs = 0;
    double positives = 0;
    for (int b = 0; b < BINS; b++) {
      double positive = sums[at + b];
      double negative = sums[at + BINS + b];
      pairs += positive * (below + 0.5 * negative);
      below += negative;
      positives += positive;
    }
    return pairs / (positives * below);
  }
}
