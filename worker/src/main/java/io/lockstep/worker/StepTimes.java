package io.lockstep.worker;

/**
 * Where a worker's time of one step went, and what it moved.
 *
 * @param step updates done when it was over, from 1
 * @param computeNanos spent on gradients and their sums
 * @param sendNanos spent on handing sums over
 * @param waitNanos spent on waiting for parameters
 * @param sentBytes over sockets to the servers
 * @param receivedBytes over sockets from the servers
 */
public record StepTimes(
    long step,
    long computeNanos,
    long sendNanos,
    long waitNanos,
    long sentBytes,
    long receivedBytes) {}
