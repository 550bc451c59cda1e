package io.lockstep.worker;

/**
 * The sums of one stream's validation examples.
 *
 * @param stream its number
 * @param present whether it has any; without any the sums mean nothing
 * @param examples how many
 * @param loss sum of weight times loss
 * @param weight sum of weights
 * @param metrics further sums, in the order of the network's metric names; not modified
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the streams alone
public record StreamSums(
    int stream, boolean present, long examples, double loss, double weight, double[] metrics) {}
