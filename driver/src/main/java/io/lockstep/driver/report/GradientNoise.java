package io.lockstep.driver.report;

/**
 * How much a step's examples disagree about the gradient, estimated from its slices.
 *
 * @param scale the gradient noise scale in examples, smoothed: below it, twice the batch nearly
 *     halves the steps; above it, it hardly helps. NaN until it is defined
 * @param trace of the covariance of one example's gradient, unbiased; NaN where a step has fewer
 *     than two slices
 * @param square of the true gradient's norm, unbiased; may be negative; NaN as the trace
 */
public record GradientNoise(double scale, double trace, double square) {
  /** Of a step that says nothing about it. */
  public static final GradientNoise UNKNOWN = new GradientNoise(Double.NaN, Double.NaN, Double.NaN);

  /** Whether the step says anything. */
  public boolean isKnown() {
    return !Double.isNaN(trace);
  }

  /** The same with the smoothed scale. */
  public GradientNoise withScale(double smoothed) {
    return new GradientNoise(smoothed, trace, square);
  }
}
