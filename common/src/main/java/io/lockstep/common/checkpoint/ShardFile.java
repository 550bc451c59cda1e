package io.lockstep.common.checkpoint;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The constants and the header of a shard file, as package-info draws them.
 *
 * @param step updates done
 * @param shard its number, from 0
 * @param shards of how many
 * @param firstChunk the first chunk in the file
 * @param endChunk one more than the last
 * @param layout {@link #layoutChecksum}
 */
record ShardFile(long step, int shard, int shards, int firstChunk, int endChunk, int layout) {
  static final long MAGIC = ascii("LOCKSTEP");
  static final long FOOTER_MAGIC = ascii("SHARDEND");
  static final int OLDEST_FORMAT = 2;
  static final int NEWEST_FORMAT = 2;
  static final int HEADER_BYTES = 8 + 4 + 8 + 5 * 4 + 4;
  static final int CHUNK_HEADER_BYTES = 8;
  static final int CHECKSUM_BYTES = 4;
  static final int FOOTER_BYTES = 8 + CHECKSUM_BYTES;

  /** The file's name in the store. */
  static String name(long step, int shard, int shards) {
    return Checkpoints.folder(step) + "/shard-" + shard + "-of-" + shards + ".bin";
  }

  /** Writes the header, checksum included; returns the checksum. */
  int write(ByteBuffer buffer) {
    int start = buffer.position();
    buffer.putLong(MAGIC).putInt(NEWEST_FORMAT).putLong(step).putInt(shard).putInt(shards);
    buffer.putInt(firstChunk).putInt(endChunk).putInt(layout);
    int checksum = checksum(buffer, start, buffer.position());
    buffer.putInt(checksum);
    return checksum;
  }

  /**
   * Reads and checks a header.
   *
   * @param who the checkpoint and file in errors
   */
  static ShardFile read(ByteBuffer buffer, String who) {
    int start = buffer.position();
    long magic = buffer.getLong();
    if (magic != MAGIC) {
      throw new CheckpointException(
          who + ": is no shard file: begins with " + hex(magic) + ", expected " + hex(MAGIC));
    }
    checkFormat(buffer.getInt(), who);
    ShardFile header =
        new ShardFile(
            buffer.getLong(),
            buffer.getInt(),
            buffer.getInt(),
            buffer.getInt(),
            buffer.getInt(),
            buffer.getInt());
    int actual = checksum(buffer, start, buffer.position());
    checkChecksum(buffer.getInt(), actual, who + ": header");
    return header;
  }

  static void checkFormat(int format, String who) {
    if (format > NEWEST_FORMAT || format < OLDEST_FORMAT) {
      throw new CheckpointException(
          who
              + ": format "
              + format
              + (format > NEWEST_FORMAT ? " is newer than" : " is older than")
              + " this build reads ("
              + OLDEST_FORMAT
              + ".."
              + NEWEST_FORMAT
              + ")");
    }
  }

  static void checkChecksum(int expected, int actual, String who) {
    if (expected != actual) {
      throw new CheckpointException(
          String.format("%s: checksum must be %08x, got %08x: damaged", who, expected, actual));
    }
  }

  /**
   * CRC-32C of what chunk numbers stand on: the tensors' names and shapes, which of them are whole,
   * and the chunk size.
   */
  static int layoutChecksum(Layout layout) {
    CRC32C crc = new CRC32C();
    for (TensorSpec tensor : layout.tensors()) {
      String whole = layout.whole().contains(tensor.name()) ? " whole" : "";
      crc.update((tensor.name() + tensor.shape() + whole + "\n").getBytes(StandardCharsets.UTF_8));
    }
    crc.update(Integer.toString(layout.chunkElements()).getBytes(StandardCharsets.UTF_8));
    return (int) crc.getValue();
  }

  /** Bytes of an array in the file. */
  static int arrayBytes(int length) {
    return Math.addExact(4, Math.multiplyExact(4, length));
  }

  static int checksum(ByteBuffer buffer, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().limit(to).position(from));
    return (int) crc.getValue();
  }

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long ascii(String eight) {
    return ByteBuffer.wrap(eight.getBytes(StandardCharsets.US_ASCII))
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong();
  }

  private static String hex(long magic) {
    return String.format("%016x", Long.reverseBytes(magic));
  }
}
