package io.lockstep.common.optim;

/**
 * One update of the parameters.
 *
 * @param number its number, from 1 (the t of the papers)
 * @param learningRate the scheduled rate of this step
 */
public record Update(long number, double learningRate) {
  /**
   * {@code 1 - beta^t}: the sum of the weights with which an average {@code m = beta m + (1 - beta)
   * g} that began at zero has taken in t gradients.
   */
  double biasCorrection(double beta) {
    return 1 - StrictMath.pow(beta, (double) number);
  }
}
