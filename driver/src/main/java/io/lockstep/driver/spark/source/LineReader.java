package io.lockstep.driver.spark.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lines of UTF-8 with the offset of each: a line ends with a line feed, whose carriage return, if
 * there is one, is not part of it; so cutting a file anywhere leaves its lines whole.
 */
final class LineReader implements Closeable {
  private static final int CAPACITY_BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[CAPACITY_BYTES];
  private int position;
  private int end;
  private long offset;
  private long lineOffset;
  private byte[] line = new byte[256];

  /**
   * @param in at {@code offset}
   * @param offset of the next byte in the file
   */
  LineReader(InputStream in, long offset) {
    this.in = in;
    this.offset = offset;
  }

  /** The next line; null at the end of the file. */
  @Nullable String next() throws IOException {
    lineOffset = offset;
    int length = 0;
    while (true) {
      if (position == end) {
        end = in.read(buffer, 0, buffer.length);
        position = 0;
        if (end <= 0) {
          end = 0;
          return length == 0 ? null : text(length);
        }
      }
      int from = position;
      while (position < end && buffer[position] != '\n') {
        position++;
      }
      int read = position - from;
      if (length + read > line.length) {
        line = Arrays.copyOf(line, Math.max(2 * line.length, length + read));
      }
      System.arraycopy(buffer, from, line, length, read);
      length += read;
      offset += read;
      if (position < end) {
        position++;
        offset++;
        return text(length);
      }
    }
  }

  /** Where the line of the last {@link #next} begins. */
  long lineOffset() {
    return lineOffset;
  }

  /** Where the line after it begins. */
  long offset() {
    return offset;
  }

  private String text(int length) {
    int from = lineOffset == 0 && startsWithMark(length) ? 3 : 0;
    int to = length > from && line[length - 1] == '\r' ? length - 1 : length;
    return new String(line, from, to - from, StandardCharsets.UTF_8);
  }

  /** Whether the file begins with the mark that some programs put before UTF-8. */
  private boolean startsWithMark(int length) {
    return length >= 3
        && line[0] == (byte) 0xEF
        && line[1] == (byte) 0xBB
        && line[2] == (byte) 0xBF;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
