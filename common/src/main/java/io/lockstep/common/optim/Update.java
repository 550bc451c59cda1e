package io.lockstep.common.optim;

/**
 * One update of the parameters.
 *
 * @param number its number, from 1 (the t of the papers)
 * @param learningRate the scheduled rate of this step
 * @param baseLearningRate the rate that the schedule starts from, which it multiplies
 */
public record Update(long number, double learningRate, double baseLearningRate) {
  /** An update whose rate is the base rate, as without a schedule. */
  public Update(long number, double learningRate) {
    this(number, learningRate, learningRate);
  }

  /** The same update at a multiple of the rate, before and behind the schedule. */
  public Update times(double factor) {
    return factor == 1
        ? this
        : new Update(number, learningRate * factor, baseLearningRate * factor);
  }

  /**
   * The schedule alone: the rate over the base rate, which is the eta_t of Loshchilov and Hutter
   * 2019; 0 where the base rate is, so that a run without a rate stands still.
   */
  public double scheduleFactor() {
    return baseLearningRate == 0 ? 0 : learningRate / baseLearningRate;
  }

  /**
   * {@code 1 - beta^t}: the sum of the weights with which an average {@code m = beta m + (1 - beta)
   * g} that began at zero has taken in t gradients.
   */
  double biasCorrection(double beta) {
    return 1 - StrictMath.pow(beta, (double) number);
  }
}
