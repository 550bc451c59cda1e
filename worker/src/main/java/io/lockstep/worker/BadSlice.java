package io.lockstep.worker;

/**
 * A slice whose gradient or loss is not finite.
 *
 * @param stream its stream
 * @param tensor the first bad tensor; empty where only the loss is bad
 */
public record BadSlice(int stream, String tensor) {}
