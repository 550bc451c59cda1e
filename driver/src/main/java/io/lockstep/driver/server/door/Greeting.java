package io.lockstep.driver.server.door;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.regex.Pattern;
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
  static final int FORMAT = 2;

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

  /** The most bytes of a build's name. */
  static final int NAME_BYTES = 1 << 10;

  /** The most bytes of a reason: strangers say some, whose word is not trusted with memory. */
  static final int REASON_BYTES = 1 << 14;

  /** What would end a line, or draw on a terminal. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}]+");

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

  static String readText(DataInputStream in, int longest) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > longest) {
      throw new IOException("a text must have at most " + longest + " bytes, got " + length);
    }
    return new String(readBytes(in, length), StandardCharsets.UTF_8);
  }

  /** A text of somebody who may be a stranger, fit to be shown as one line. */
  static String readLine(DataInputStream in, int longest) throws IOException {
    return oneLine(readText(in, longest));
  }

  static String oneLine(String text) {
    return UNSEEN.matcher(text).replaceAll(" ");
  }

  /** A word and its text, in one piece; of a very long text the beginning. */
  static void say(DataOutputStream out, Word word, String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream piece = new DataOutputStream(bytes);
    piece.writeByte(word.code);
    byte[] beginning = beginning(text);
    piece.writeInt(beginning.length);
    piece.write(beginning);
    out.write(bytes.toByteArray());
    out.flush();
  }

  /** As many whole characters as a reason may have. */
  private static byte[] beginning(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(REASON_BYTES);
    CoderResult unused =
        StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .encode(CharBuffer.wrap(text), bytes, true);
    return Arrays.copyOf(bytes.array(), bytes.position());
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
