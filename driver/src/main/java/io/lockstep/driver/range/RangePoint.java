package io.lockstep.driver.range;

/**
 * One step of a range test.
 *
 * @param step from 1
 * @param learningRate of the step
 * @param loss mean over the batch, before the update
 * @param smoothedRate geometric mean of the rates so far, weighted as the losses are
 * @param smoothedLoss moving average of the losses so far, its bias corrected
 */
public record RangePoint(
    long step, double learningRate, double loss, double smoothedRate, double smoothedLoss) {}
