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
}
