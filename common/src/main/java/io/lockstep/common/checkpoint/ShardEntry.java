package io.lockstep.common.checkpoint;

/**
 * A shard file as the manifest names it.
 *
 * @param file its name in the store
 * @param firstChunk its first chunk
 * @param endChunk one more than its last
 * @param bytes its size
 * @param checksum CRC-32C of its checksums in order, eight hexadecimal digits, as in its footer
 */
public record ShardEntry(String file, int firstChunk, int endChunk, long bytes, String checksum) {}
