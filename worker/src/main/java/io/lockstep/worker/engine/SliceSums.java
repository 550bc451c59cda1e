package io.lockstep.worker.engine;

/**
 * What a slice adds to the scalars of a step; nothing is divided yet.
 *
 * @param loss the sum over examples of weight times loss
 * @param weight the sum of weights
 * @param metrics a sum for each of {@link Network#metricNames}; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // made once a slice, compared by nobody
public record SliceSums(double loss, double weight, double[] metrics) {}
