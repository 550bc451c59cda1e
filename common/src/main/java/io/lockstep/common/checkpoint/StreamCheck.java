package io.lockstep.common.checkpoint;

/**
 * What tells whether a stream of data is still the same.
 *
 * @param source the source's name in errors: train or validation
 * @param stream its number
 * @param count examples
 * @param checksum of the examples in the stream's order
 */
public record StreamCheck(String source, int stream, long count, long checksum) {}
