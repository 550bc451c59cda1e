package io.lockstep.driver.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;

/** Reads a text file whole. */
final class TextFile {
  private static final int MOST_BYTES = 1 << 29;

  private TextFile() {}

  /**
   * The text of a file, without the mark that some programs put before UTF-8.
   *
   * @throws IOException whose message says what is wrong with the file, to be put behind its name
   */
  static String read(InputFile file, Configuration hadoop) throws IOException {
    byte[] bytes;
    try (InputStream in = file.open(hadoop)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw new IOException("cannot be read: " + e.getMessage(), e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new IOException("a text file must have at most 512 MiB, has more; cut it into several");
    }
    return decode(bytes);
  }

  private static String decode(byte[] bytes) throws IOException {
    CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = utf8.decode(in, out, true);
    if (result.isError()) {
      throw new IOException(
          "text must be UTF-8, got byte "
              + String.format("%02x", bytes[in.position()])
              + " at offset "
              + in.position());
    }
    boolean marked = out.position() > 0 && out.get(0) == '\uFEFF';
    return out.flip().position(marked ? 1 : 0).toString();
  }
}
