package io.lockstep.common.data;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a parsed feature becomes the engine's input. All forms compute in double and round once to
 * float32, so that every machine agrees, whatever the order of loops.
 */
public sealed interface FeatureScaling extends Serializable {
  /**
   * The engine's input for feature {@code j}.
   *
   * @param j which feature
   * @param value as parsed
   */
  float apply(int j, float value);

  /** Features as they are. */
  record None() implements FeatureScaling {
    @Override
    public float apply(int j, float value) {
      return value;
    }
  }

  /**
   * value / divisor.
   *
   * @param divisor finite, not zero
   */
  record Divide(double divisor) implements FeatureScaling {
    /** Refuses a divisor that is zero or not finite. */
    public Divide {
      if (divisor == 0 || !Double.isFinite(divisor)) {
        throw new IllegalArgumentException("divide must be finite and not zero, got " + divisor);
      }
    }

    @Override
    public float apply(int j, float value) {
      return (float) (value / divisor);
    }
  }

  /**
   * (value - mean[j]) / deviation[j], with the mean and the deviation (population: divided by n) of
   * the training data; the deviation of a constant feature is replaced by 1, so it becomes 0.
   */
  final class Standardize implements FeatureScaling {
    private static final long serialVersionUID = 1L;
    private final double[] mean;
    private final double[] deviation;

    /**
     * Refuses arrays of different length and values that cannot scale.
     *
     * @param mean [features]; copied
     * @param deviation [features], above zero; copied
     */
    public Standardize(double[] mean, double[] deviation) {
      if (mean.length != deviation.length) {
        throw new IllegalArgumentException(
            "mean and deviation must be as many, got " + mean.length + " and " + deviation.length);
      }
      for (int j = 0; j < mean.length; j++) {
        if (!Double.isFinite(mean[j]) || !(deviation[j] > 0 && Double.isFinite(deviation[j]))) {
          throw new IllegalArgumentException(
              "feature "
                  + j
                  + " must have a finite mean and a deviation above 0, got "
                  + mean[j]
                  + " and "
                  + deviation[j]);
        }
      }
      this.mean = mean.clone();
      this.deviation = deviation.clone();
    }

    /** The mean of each feature, [features]; a copy. */
    public double[] mean() {
      return mean.clone();
    }

    /** What each feature is divided by, [features]; a copy. */
    public double[] deviation() {
      return deviation.clone();
    }

    @Override
    public float apply(int j, float value) {
      return (float) ((value - mean[j]) / deviation[j]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Standardize that
          && Arrays.equals(mean, that.mean)
          && Arrays.equals(deviation, that.deviation);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(mean) + Arrays.hashCode(deviation);
    }

    @Override
    public String toString() {
      return "Standardize[" + mean.length + " features]";
    }
  }

  /**
   * (value - mean[c]) / deviation[c], with c the channel of the feature: every channel has {@code
   * run} features that follow each other, before the next one's, and behind the last channel the
   * first one may come again. An image [channels, height, width] has runs of height * width, a
   * sequence [length, width] runs of 1.
   */
  final class Channels implements FeatureScaling {
    private static final long serialVersionUID = 1L;
    private final Standardize each;
    private final int run;

    /**
     * Refuses arrays of different length and values that cannot scale.
     *
     * @param mean [channels]; copied
     * @param deviation [channels], above zero; copied
     * @param run how many features of a channel follow each other, at least 1
     */
    public Channels(double[] mean, double[] deviation, int run) {
      if (run < 1) {
        throw new IllegalArgumentException("a run of a channel must be >= 1, got " + run);
      }
      this.each = new Standardize(mean, deviation);
      this.run = run;
    }

    /** The mean of each channel, [channels]; a copy. */
    public double[] mean() {
      return each.mean();
    }

    /** What each channel is divided by, [channels]; a copy. */
    public double[] deviation() {
      return each.deviation();
    }

    /** How many features of a channel follow each other. */
    public int run() {
      return run;
    }

    /** The same, feature by feature: for loops. */
    public Standardize expanded(int features) {
      double[] means = new double[features];
      double[] deviations = new double[features];
      for (int j = 0; j < features; j++) {
        means[j] = each.mean[channel(j)];
        deviations[j] = each.deviation[channel(j)];
      }
      return new Standardize(means, deviations);
    }

    private int channel(int j) {
      return j / run % each.mean.length;
    }

    @Override
    public float apply(int j, float value) {
      return each.apply(channel(j), value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Channels that && run == that.run && each.equals(that.each);
    }

    @Override
    public int hashCode() {
      return 31 * each.hashCode() + run;
    }

    @Override
    public String toString() {
      return "Channels[" + each.mean.length + " channels, runs of " + run + "]";
    }
  }
}
