package io.lockstep.common.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The numbers of the format. */
public final class Frame {
  /** Bytes before the payload. */
  public static final int HEADER_BYTES = 32;

  /** Bytes of a token's digest. */
  public static final int TOKEN_BYTES = 32;

  /** Bytes of a node's scalars. */
  public static final int SUMS_BYTES = 32;

  /** Most bytes of a payload that is not a chunk, such as the reason of a refusal. */
  public static final int MAXIMUM_TEXT_BYTES = 4096;

  static final byte MAGIC_0 = 'L';
  static final byte MAGIC_1 = 'S';
  static final byte VERSION = 3;
  static final int PRESENT = 1;
  private static final int FORM_SHIFT = 1;
  private static final int FORM_MASK = 3;
  private static final int SCALE_SHIFT = 16;

  private Frame() {}

  /** Bytes of payload that buffers have room for at first; a longer payload makes them grow. */
  static final int USUAL_PAYLOAD = 256 * 1024;

  /** Most bytes of a payload where the longest chunk has that many elements. */
  public static int maximumPayload(int longestChunk) {
    return Math.max(Math.multiplyExact(longestChunk, Float.BYTES), MAXIMUM_TEXT_BYTES);
  }

  /** The flags of a gradient; those of a form alone have the exponent 0. */
  static int flags(GradientForm form, int scaleExponent) {
    return (form.code() << FORM_SHIFT) | (scaleExponent << SCALE_SHIFT);
  }

  static GradientForm form(int flags) throws FrameException {
    return GradientForm.of((flags >> FORM_SHIFT) & FORM_MASK);
  }

  static int scaleExponent(int flags) {
    return flags >> SCALE_SHIFT;
  }

  /** A direct buffer in the format's order. */
  public static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What a HELLO carries in place of the token: its SHA-256, so that all are equally long. */
  public static byte[] tokenDigest(String runToken) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(runToken.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
