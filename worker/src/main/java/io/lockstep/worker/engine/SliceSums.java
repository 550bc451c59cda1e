package io.lockstep.worker.engine;

/**
 * What a slice adds to the scalars of a step; nothing is divided yet.
 *
 * @param loss the sum over examples of weight times loss
 * @param weight the sum of weights
 * @param gradientSquares |s|^2, s being the sum over examples of weight times gradient, to about
 *     six digits; 0 where no gradient was computed
 * @param metrics a sum for each of {@link Network#metricNames}; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // made once a slice, compared by nobody
public record SliceSums(double loss, double weight, double gradientSquares, double[] metrics) {
  SliceSums withGradientSquares(double squares) {
    return new SliceSums(loss, weight, squares, metrics);
  }
}
