package io.lockstep.common.checkpoint;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Writes one shard file, chunk by chunk in order. Nothing has the file's name before {@link
 * #commit}; closing without it leaves nothing behind. Holds one chunk's bytes at a time.
 */
public final class ShardWriter implements Closeable {
  private final String name;
  private final ShardFile header;
  private final CheckpointStore.Writing out;
  private final ByteBuffer buffer;
  private final CRC32C checksums = new CRC32C();
  private int nextChunk;
  private long bytes;

  private ShardWriter(
      String name, ShardFile header, CheckpointStore.Writing out, ByteBuffer buffer) {
    this.name = name;
    this.header = header;
    this.out = out;
    this.buffer = buffer;
    this.nextChunk = header.firstChunk();
  }

  /**
   * Begins a shard file.
   *
   * @param step updates done
   * @param shard its number, from 0
   * @param shards of how many
   * @param firstChunk the first chunk that will be written
   * @param endChunk one more than the last; equal to the first for an empty shard
   * @param stateArrays arrays of the rule's state a chunk
   */
  public static ShardWriter create(
      CheckpointStore store,
      Layout layout,
      long step,
      int shard,
      int shards,
      int firstChunk,
      int endChunk,
      int stateArrays) {
    int arrays = 1 + stateArrays;
    ShardFile header =
        new ShardFile(
            step, shard, shards, firstChunk, endChunk, arrays, ShardFile.layoutChecksum(layout));
    String name = ShardFile.name(step, shard, shards);
    int longest =
        layout.chunks().subList(firstChunk, endChunk).stream()
            .mapToInt(Chunk::length)
            .max()
            .orElse(0);
    ByteBuffer buffer =
        ShardFile.buffer(Math.max(ShardFile.HEADER_BYTES, ShardFile.chunkBytes(longest, arrays)));
    try {
      ShardWriter writer = new ShardWriter(name, header, store.create(name), buffer);
      writer.addChecksum(header.write(buffer));
      writer.flush();
      return writer;
    } catch (IOException e) {
      throw new CheckpointException("cannot write " + name + " in " + store, e);
    }
  }

  /**
   * Writes the next chunk.
   *
   * @param parameters at least [length]; not modified
   * @param state each at least [length]; not modified
   */
  public void write(Chunk chunk, float[] parameters, float[][] state) {
    if (chunk.index() != nextChunk || nextChunk >= header.endChunk()) {
      throw new IllegalStateException(
          name + ": chunks must come in order: expected " + nextChunk + ", got " + chunk.index());
    }
    if (state.length != header.arrays() - 1) {
      throw new IllegalStateException(
          name
              + ": a chunk must have "
              + (header.arrays() - 1)
              + " state arrays, got "
              + state.length);
    }
    buffer.putInt(chunk.index()).putInt(chunk.length());
    put(parameters, chunk.length());
    for (float[] array : state) {
      put(array, chunk.length());
    }
    int checksum = ShardFile.checksum(buffer, 0, buffer.position());
    buffer.putInt(checksum);
    addChecksum(checksum);
    nextChunk++;
    try {
      flush();
    } catch (IOException e) {
      throw new CheckpointException("cannot write " + name, e);
    }
  }

  /** Writes the footer and gives the file its name. */
  public ShardEntry commit() {
    if (nextChunk != header.endChunk()) {
      throw new IllegalStateException(
          name + ": chunks " + nextChunk + " .. " + (header.endChunk() - 1) + " are not written");
    }
    int checksum = (int) checksums.getValue();
    buffer.putLong(ShardFile.FOOTER_MAGIC).putInt(checksum);
    try {
      flush();
      out.commit();
    } catch (IOException e) {
      throw new CheckpointException("cannot write " + name, e);
    }
    return new ShardEntry(
        name, header.firstChunk(), header.endChunk(), bytes, String.format("%08x", checksum));
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new CheckpointException("cannot close " + name, e);
    }
  }

  private void put(float[] source, int length) {
    buffer.asFloatBuffer().put(source, 0, length);
    buffer.position(buffer.position() + 4 * length);
  }

  private void addChecksum(int checksum) {
    for (int shift = 0; shift < 32; shift += 8) {
      checksums.update(checksum >>> shift);
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    bytes += buffer.remaining();
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
    buffer.clear();
  }
}
