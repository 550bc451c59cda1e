package io.lockstep.driver.server.door;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import jdk.net.ExtendedSocketOptions;

/**
 * The bytes of a door's connection, as the package draws them.
 *
 * @param format of what is said at the door
 * @param nonce never used before
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Greeting(int format, byte[] nonce) {
  /** What this build says. */
  static final int FORMAT = 1;

  static final int PROOF_BYTES = 32;

  /** What the other side says after the greeting. */
  enum Word {
    REFUSED(1),
    WELCOME(2),
    DISMISSED(3),
    FAILED(4),
    DONE(5),
    LEAVING(6);

    /** The byte that stands for it. */
    final int code;

    Word(int code) {
      this.code = code;
    }
  }

  private static final byte[] MAGIC = "LOCKSTEP".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_BYTES = 32;

  /** Of a stranger, whose word is not trusted with memory. */
  static final int SHORT_TEXT = 1 << 10;

  private static final int LONGEST_TEXT = 1 << 26;
  private static final int KEEP_ALIVE_SECONDS = 10;
  private static final int KEEP_ALIVE_PROBES = 3;
  private static final SecureRandom RANDOM = new SecureRandom();

  static Greeting next() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return new Greeting(FORMAT, nonce);
  }

  void write(DataOutputStream out) throws IOException {
    out.write(MAGIC);
    out.writeShort(format);
    out.write(nonce);
  }

  /**
   * Reads one.
   *
   * @throws IOException where something else speaks there
   */
  static Greeting read(DataInputStream in) throws IOException {
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw new IOException("something else than Lockstep speaks there");
    }
    return new Greeting(in.readUnsignedShort(), readBytes(in, NONCE_BYTES));
  }

  static byte[] readBytes(DataInputStream in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String readText(DataInputStream in) throws IOException {
    return readText(in, LONGEST_TEXT);
  }

  static String readText(DataInputStream in, int longest) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > longest) {
      throw new IOException("a text must have at most " + longest + " bytes, got " + length);
    }
    return new String(readBytes(in, length), StandardCharsets.UTF_8);
  }

  /** A word and its text, in one piece. */
  static void say(DataOutputStream out, Word word, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream piece = new DataOutputStream(bytes);
    piece.writeByte(word.code);
    writeText(piece, text);
    out.write(bytes.toByteArray());
    out.flush();
  }

  static Word word(int number) throws IOException {
    for (Word word : Word.values()) {
      if (word.code == number) {
        return word;
      }
    }
    throw new IOException("a word must be in [1, " + Word.values().length + "], got " + number);
  }

  /**
   * Small pieces at once; a peer whose host has vanished is noticed, and an idle connection is not
   * forgotten by what lies between.
   */
  static void tune(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_SECONDS);
      socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_PROBES);
    }
  }
}
