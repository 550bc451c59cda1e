package io.lockstep.common.checkpoint;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Writes one shard file, chunk by chunk in order. Nothing has the file's name before {@link
 * #commit}; closing without it leaves nothing behind. Holds one chunk's bytes at a time.
 */
public final class ShardWriter implements Closeable {
  private final String name;
  private final ShardFile header;
  private final CheckpointStore.Writing out;
  private ByteBuffer buffer;
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
   */
  public static ShardWriter create(
      CheckpointStore store,
      Layout layout,
      long step,
      int shard,
      int shards,
      int firstChunk,
      int endChunk) {
    ShardFile header =
        new ShardFile(step, shard, shards, firstChunk, endChunk, ShardFile.layoutChecksum(layout));
    String name = ShardFile.name(step, shard, shards);
    ByteBuffer buffer = ShardFile.buffer(ShardFile.HEADER_BYTES);
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
   * @param state each of any length; not modified
   */
  public void write(Chunk chunk, float[] parameters, float[][] state) {
    if (chunk.index() != nextChunk || nextChunk >= header.endChunk()) {
      throw new IllegalStateException(
          name + ": chunks must come in order: expected " + nextChunk + ", got " + chunk.index());
    }
    int bytes = ShardFile.arrayBytes(chunk.length());
    for (float[] array : state) {
      bytes = Math.addExact(bytes, ShardFile.arrayBytes(array.length));
    }
    makeRoom(ShardFile.CHUNK_HEADER_BYTES + bytes + ShardFile.CHECKSUM_BYTES);
    buffer.putInt(chunk.index()).putInt(bytes);
    put(parameters, chunk.length());
    for (float[] array : state) {
      put(array, array.length);
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

  /** As {@link #commit(List)}, where a shard is nothing but chunks. */
  public ShardEntry commit() {
    return commit(List.of());
  }

  /**
   * Writes the footer and gives the file its name.
   *
   * @param numbers what the shard knows besides its chunks
   */
  public ShardEntry commit(List<Double> numbers) {
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
        name,
        header.firstChunk(),
        header.endChunk(),
        bytes,
        String.format("%08x", checksum),
        numbers);
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new CheckpointException("cannot close " + name, e);
    }
  }

  private void makeRoom(int needed) {
    if (buffer.capacity() < needed) {
      buffer = ShardFile.buffer(needed);
    }
  }

  private void put(float[] source, int length) {
    buffer.putInt(length);
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
