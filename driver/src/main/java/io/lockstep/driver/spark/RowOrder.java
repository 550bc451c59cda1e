package io.lockstep.driver.spark;

import io.lockstep.driver.spark.source.Parsed;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The total order of rows: by 128 bits of the SHA-256 of (seed, content), then by content, both as
 * unsigned bytes. A row goes through Spark's sort as a key of
 *
 * <pre>
 *   | 0 | hash, 16 bytes                          | content |
 *   | 1 | file | 0 | position, int64 big-endian   | reason  |   refused row
 *   | 2 | file | 0 | 0                            | reason  |   broken file
 * </pre>
 *
 * so that refused rows come sorted by their place. SHA-256 is Java's own, the same on every version
 * of Spark.
 */
final class RowOrder implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int HASH_BYTES = 16;
  private static final byte ROW = 0;
  private static final byte BAD = 1;
  private static final byte BROKEN = 2;

  private final long seed;

  RowOrder(long seed) {
    this.seed = seed;
  }

  /** Makes keys; one a task. */
  final class Keys {
    private final MessageDigest digest = sha256();
    private final byte[] seedBytes = ByteBuffer.allocate(Long.BYTES).putLong(seed).array();

    byte[] key(Parsed parsed) {
      if (parsed instanceof Parsed.Row row) {
        digest.update(seedBytes);
        digest.update(row.content());
        return ByteBuffer.allocate(1 + HASH_BYTES + row.content().length)
            .put(ROW)
            .put(digest.digest(), 0, HASH_BYTES)
            .put(row.content())
            .array();
      }
      if (parsed instanceof Parsed.Bad bad) {
        return refused(BAD, bad.file(), bad.position(), bad.reason());
      }
      Parsed.Broken broken = (Parsed.Broken) parsed;
      return refused(BROKEN, broken.file(), 0, broken.reason());
    }

    private static byte[] refused(byte tag, String file, long position, String reason) {
      byte[] fileBytes = file.getBytes(StandardCharsets.UTF_8);
      byte[] reasonBytes = reason.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(2 + fileBytes.length + Long.BYTES + reasonBytes.length)
          .put(tag)
          .put(fileBytes)
          .put((byte) 0)
          .putLong(position)
          .put(reasonBytes)
          .array();
    }
  }

  static boolean isRow(byte[] key) {
    return key[0] == ROW;
  }

  static boolean isBad(byte[] key) {
    return key[0] == BAD;
  }

  /** The content of a row. */
  static byte[] content(byte[] key) {
    return Arrays.copyOfRange(key, 1 + HASH_BYTES, key.length);
  }

  /** The partition of a row among {@code partitions}, by the first 32 bits of its hash. */
  static int partition(byte[] key, int partitions) {
    long top = Integer.toUnsignedLong(ByteBuffer.wrap(key, 1, Integer.BYTES).getInt());
    return (int) ((top * partitions) >>> 32);
  }

  /** What a key of a refused row or a broken file was made from. */
  static Parsed refusal(byte[] key) {
    int zero = 1;
    while (key[zero] != 0) {
      zero++;
    }
    String file = new String(key, 1, zero - 1, StandardCharsets.UTF_8);
    long position = ByteBuffer.wrap(key).getLong(zero + 1);
    int reasonAt = zero + 1 + Long.BYTES;
    String reason = new String(key, reasonAt, key.length - reasonAt, StandardCharsets.UTF_8);
    return isBad(key) ? new Parsed.Bad(file, position, reason) : new Parsed.Broken(file, reason);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
