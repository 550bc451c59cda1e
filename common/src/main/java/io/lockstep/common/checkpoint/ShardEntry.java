package io.lockstep.common.checkpoint;

import java.util.List;

/**
 * A shard file as the manifest names it.
 *
 * @param file its name in the store
 * @param firstChunk its first chunk
 * @param endChunk one more than its last
 * @param bytes its size
 * @param checksum CRC-32C of its checksums in order, eight hexadecimal digits, as in its footer
 * @param numbers what the shard knows besides its chunks, the same in every entry of a checkpoint:
 *     the state of the loss scale; empty without one
 */
public record ShardEntry(
    String file, int firstChunk, int endChunk, long bytes, String checksum, List<Double> numbers) {
  /** Copies the numbers. */
  public ShardEntry {
    numbers = List.copyOf(numbers);
  }
}
