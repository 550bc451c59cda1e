package io.lockstep.driver.server.door;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Length and digest of an assignment, a few bytes that can be proved before it is read.
 *
 * <pre>
 * bytes of the assignment u32  SHA-256 of it 32 bytes
 * </pre>
 */
final class Seal {
  private static final String ALGORITHM = "SHA-256";
  private static final int DIGEST_BYTES = 32;
  static final int BYTES = Integer.BYTES + DIGEST_BYTES;

  private Seal() {}

  static byte[] of(byte[] assignment) {
    return ByteBuffer.allocate(BYTES).putInt(assignment.length).put(digest(assignment)).array();
  }

  /**
   * Reads the assignment of a seal that was proved.
   *
   * @throws IOException where it is another
   */
  static byte[] open(byte[] seal, DataInputStream in) throws IOException {
    int length = ByteBuffer.wrap(seal).getInt();
    if (length < 0 || length > Assignment.MOST_BYTES) {
      throw new IOException(
          "an assignment must have at most " + Assignment.MOST_BYTES + " bytes, got " + length);
    }
    byte[] assignment = Greeting.readBytes(in, length);
    byte[] expected = Arrays.copyOfRange(seal, Integer.BYTES, BYTES);
    if (!MessageDigest.isEqual(expected, digest(assignment))) {
      throw new IOException("what it said was changed on its way");
    }
    return assignment;
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance(ALGORITHM).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
