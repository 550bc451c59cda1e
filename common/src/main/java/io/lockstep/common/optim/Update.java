package io.lockstep.common.optim;

/**
 * One update of the parameters.
 *
 * @param number its number, from 1 (the t of the papers)
 * @param learningRate the scheduled rate of this step
 */
public record Update(long number, double learningRate) {}
