package io.lockstep.common.checkpoint;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads a run of chunks from one shard file; every chunk's checksum is compared. */
final class ShardReader {
  private final CheckpointStore store;
  private final Layout layout;
  private final Manifest manifest;
  private final ShardEntry entry;
  private final String who;

  /**
   * @param layout the manifest's
   */
  ShardReader(CheckpointStore store, Manifest manifest, Layout layout, ShardEntry entry) {
    this.store = store;
    this.manifest = manifest;
    this.layout = layout;
    this.entry = entry;
    this.who = manifest + ": " + entry.file();
  }

  /** Hands the chunks from {@code from} to below {@code to} that lie in this file to the reader. */
  void read(int from, int to, ChunkReader reader) {
    int first = Math.max(from, entry.firstChunk());
    int end = Math.min(to, entry.endChunk());
    if (first >= end) {
      return;
    }
    try (ReadableByteChannel channel = store.open(entry.file())) {
      checkHeader(channel);
      for (int c = entry.firstChunk(); c < first; c++) {
        skip(channel, chunkBytes(readBytes(channel, ShardFile.CHUNK_HEADER_BYTES), c));
      }
      for (int c = first; c < end; c++) {
        readChunk(channel, layout.chunks().get(c), reader);
      }
      if (end == entry.endChunk()) {
        checkFooter(channel);
      }
    } catch (EOFException e) {
      throw new CheckpointException(
          who + ": ends too early, must have " + entry.bytes() + " bytes: damaged", e);
    } catch (IOException e) {
      throw new CheckpointException(who + ": cannot be read from " + store, e);
    }
  }

  private void checkHeader(ReadableByteChannel channel) throws IOException {
    ShardFile header = ShardFile.read(readBytes(channel, ShardFile.HEADER_BYTES), who);
    expect("step", manifest.step(), header.step());
    expect("first chunk", entry.firstChunk(), header.firstChunk());
    expect("end chunk", entry.endChunk(), header.endChunk());
    if (header.layout() != ShardFile.layoutChecksum(layout)) {
      throw new CheckpointException(
          who + ": was written for other tensors or another chunk size than " + layout.tensors());
    }
  }

  private void readChunk(ReadableByteChannel channel, Chunk chunk, ChunkReader reader)
      throws IOException {
    ByteBuffer head = readBytes(channel, ShardFile.CHUNK_HEADER_BYTES);
    ByteBuffer body = readBytes(channel, chunkBytes(head, chunk.index()));
    int end = body.limit() - ShardFile.CHECKSUM_BYTES;
    CRC32C crc = new CRC32C();
    crc.update(head.duplicate().rewind());
    crc.update(body.duplicate().limit(end));
    ShardFile.checkChecksum(
        body.getInt(end), (int) crc.getValue(), who + ": chunk " + chunk.index());
    float[] parameters = array(body);
    expect("length of chunk " + chunk.index(), chunk.length(), parameters.length);
    List<float[]> state = new ArrayList<>();
    while (body.position() < end) {
      state.add(array(body));
    }
    String tensor = layout.tensorOf(chunk).name();
    List<String> names = manifest.state().getOrDefault(tensor, List.of());
    expect("state arrays of " + tensor + " " + names, names.size(), state.size());
    reader.read(chunk, parameters, state.toArray(float[][]::new));
  }

  /** Bytes of a chunk behind its header, which is read. */
  private int chunkBytes(ByteBuffer head, int chunk) {
    expect("chunk", chunk, head.getInt());
    int bytes = head.getInt();
    if (bytes < 4 || bytes > entry.bytes()) {
      throw new CheckpointException(
          who + ": chunk " + chunk + " cannot have " + bytes + " bytes: damaged");
    }
    return bytes + ShardFile.CHECKSUM_BYTES;
  }

  private void checkFooter(ReadableByteChannel channel) throws IOException {
    ByteBuffer footer = readBytes(channel, ShardFile.FOOTER_BYTES);
    if (footer.getLong() != ShardFile.FOOTER_MAGIC) {
      throw new CheckpointException(who + ": has no footer: damaged");
    }
    int expected = Integer.parseUnsignedInt(entry.checksum(), 16);
    ShardFile.checkChecksum(expected, footer.getInt(), who + ": footer (against the manifest)");
  }

  private void expect(String what, long expected, long actual) {
    if (expected != actual) {
      throw new CheckpointException(who + ": " + what + " must be " + expected + ", got " + actual);
    }
  }

  private static float[] array(ByteBuffer buffer) {
    float[] array = new float[buffer.getInt()];
    buffer.asFloatBuffer().get(array);
    buffer.position(buffer.position() + 4 * array.length);
    return array;
  }

  private static void skip(ReadableByteChannel channel, int bytes) throws IOException {
    if (channel instanceof SeekableByteChannel seekable) {
      seekable.position(seekable.position() + bytes);
    } else {
      readBytes(channel, bytes);
    }
  }

  private static ByteBuffer readBytes(ReadableByteChannel channel, int bytes) throws IOException {
    ByteBuffer buffer = ShardFile.buffer(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException();
      }
    }
    return buffer.flip();
  }
}
