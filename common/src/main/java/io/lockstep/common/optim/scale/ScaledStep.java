package io.lockstep.common.optim.scale;

/**
 * What a loss scale did in a step.
 *
 * @param lossScale what gradients were multiplied by on their way
 * @param skipped whether they overflowed, so that the step changed nothing
 */
public record ScaledStep(double lossScale, boolean skipped) {}
