package io.lockstep.driver.server.shard;

/**
 * A shard's part of a round of sums.
 *
 * @param step from 0
 * @param round of the update plan, from 0
 * @param firstChunk the number of the shard's first chunk in the layout
 * @param sums [chunk of the shard][sum]
 */
@SuppressWarnings("ArrayRecordComponent") // a message, never compared
public record RoundSums(long step, int round, int firstChunk, double[][] sums) {}
