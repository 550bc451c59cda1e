package io.lockstep.driver.range;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rates that a curve suggests, by four rules. All look at the smoothed curve up to its minimum,
 * without the first tenth of its points, where the average is still of few losses. There are none
 * where the fall, from the highest smoothed loss before the minimum to the minimum, may be chance:
 * below a twentieth of the highest, or below the deviation of single losses, which is the root of
 * half the mean square of the difference of two that follow one another.
 *
 * <ul>
 *   <li><b>fall</b>, <i>the</i> suggestion: the first rate at which nine tenths of the fall are
 *       made. A lower rate leaves loss behind that the test has shown to be there; a higher one
 *       adds little but risk.
 *   <li><b>steepest</b>: the rate at which the loss falls fastest over the logarithm of the rate
 *       (fastai's {@code steep}), the slope taken over three points on either side. The longer the
 *       test, the more has fallen before, and the lower it is: a cautious rate.
 *   <li><b>minimum/10</b>: a tenth of the rate of the least loss (Smith 2015; fastai's {@code
 *       minimum}). Rules of one step size, as lion, do well with it; plain sgd, whose curve turns
 *       as soon as a rate is not stable, is told too little.
 *   <li><b>valley</b>: the middle of the longest valley (fastai's {@code valley}): of the longest
 *       subsequence of ever smaller losses, the point half way by count between where it could
 *       begin and its end. fastai leaves out the last five points besides; here what explodes lies
 *       behind the minimum.
 * </ul>
 *
 * @param all the suggestions, the one to use first; empty where the loss does not fall
 */
public record Suggestions(List<Suggestion> all) {
  /** The part of the fall at which {@code fall} is read. */
  static final double FALL = 0.9;

  /** A smaller fall, as a part of the highest loss, may be noise. */
  static final double LEAST_FALL = 0.05;

  private static final int TENTH = 10;
  private static final int EITHER_SIDE = 3;

  /**
   * One rule's word.
   *
   * @param rule its name
   * @param learningRate what it suggests
   * @param meaning how it is read from the curve
   */
  public record Suggestion(String rule, double learningRate, String meaning) {}

  /** Copies the list. */
  public Suggestions {
    all = List.copyOf(all);
  }

  /** The suggestion to use. */
  public Optional<Suggestion> best() {
    return all.stream().findFirst();
  }

  /** What a curve suggests. */
  static Suggestions of(List<RangePoint> points) {
    if (points.isEmpty()) {
      return new Suggestions(List.of());
    }
    List<RangePoint> read = points.subList(points.size() / TENTH, points.size());
    double[] rates = read.stream().mapToDouble(RangePoint::smoothedRate).toArray();
    double[] losses = read.stream().mapToDouble(RangePoint::smoothedLoss).toArray();
    int minimum = leastIndex(losses);
    int top = topIndex(losses, minimum);
    double chance = Math.max(LEAST_FALL * losses[top], deviation(read.subList(0, minimum + 1)));
    if (!(losses[top] - losses[minimum] > chance)) {
      return new Suggestions(List.of());
    }
    List<Suggestion> all = new ArrayList<>();
    all.add(
        new Suggestion(
            "fall", rates[fall(losses, top, minimum)], "where nine tenths of the fall are made"));
    all.add(
        new Suggestion(
            "steepest",
            rates[steepest(rates, losses, minimum)],
            "where the smoothed loss falls fastest"));
    all.add(
        new Suggestion(
            "minimum/10", rates[minimum] / TENTH, "a tenth of the rate of the least loss"));
    all.add(
        new Suggestion(
            "valley",
            rates[valley(Arrays.copyOf(losses, minimum + 1))],
            "the middle of the longest valley"));
    return new Suggestions(all);
  }

  private static int leastIndex(double[] losses) {
    int least = 0;
    for (int i = 1; i < losses.length; i++) {
      if (losses[i] < losses[least]) {
        least = i;
      }
    }
    return least;
  }

  private static double deviation(List<RangePoint> points) {
    double squares = 0;
    for (int i = 1; i < points.size(); i++) {
      double difference = points.get(i).loss() - points.get(i - 1).loss();
      squares += difference * difference;
    }
    return points.size() < 2 ? 0 : Math.sqrt(squares / (2 * (points.size() - 1)));
  }

  private static int topIndex(double[] losses, int minimum) {
    int top = 0;
    for (int i = 1; i < minimum; i++) {
      if (losses[i] > losses[top]) {
        top = i;
      }
    }
    return top;
  }

  private static int fall(double[] losses, int top, int minimum) {
    double goal = losses[top] - FALL * (losses[top] - losses[minimum]);
    int at = top;
    while (losses[at] > goal) {
      at++;
    }
    return at;
  }

  private static int steepest(double[] rates, double[] losses, int minimum) {
    int steepest = minimum;
    double least = Double.POSITIVE_INFINITY;
    for (int i = EITHER_SIDE; i <= minimum - EITHER_SIDE; i++) {
      int low = i - EITHER_SIDE;
      int high = i + EITHER_SIDE;
      double slope = (losses[high] - losses[low]) / StrictMath.log(rates[high] / rates[low]);
      if (slope < least) {
        least = slope;
        steepest = i;
      }
    }
    return steepest;
  }

  /** fastai's, index for index. */
  private static int valley(double[] losses) {
    int[] length = new int[losses.length];
    int end = 0;
    for (int i = 0; i < losses.length; i++) {
      length[i] = 1;
      for (int j = 0; j < i; j++) {
        if (losses[i] < losses[j] && length[i] < length[j] + 1) {
          length[i] = length[j] + 1;
        }
      }
      if (length[i] > length[end]) {
        end = i;
      }
    }
    int start = end - length[end];
    double third = (end - start) / 3.0;
    return Math.max(0, start + (int) third + (int) (third / 2));
  }
}
