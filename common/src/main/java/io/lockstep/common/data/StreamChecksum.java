package io.lockstep.common.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Takes the rows of a stream in their order and gives its {@link StreamSummary}. */
public final class StreamChecksum {
  private final MessageDigest digest = sha256();
  private long count;

  /** Adds the next row. */
  public void add(byte[] row) {
    digest.update(row);
    count++;
  }

  /** The summary of the rows so far, after which the checksum begins anew. */
  public StreamSummary summary() {
    StreamSummary summary = new StreamSummary(count, ByteBuffer.wrap(digest.digest()).getLong());
    count = 0;
    return summary;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
