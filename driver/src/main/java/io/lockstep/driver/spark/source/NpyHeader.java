package io.lockstep.driver.spark.source;

import io.lockstep.common.data.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an array of NumPy's begins with (numpy.lib.format, versions 1 to 3):
 *
 * <pre>
 *   | 93 'N' 'U' 'M' 'P' 'Y' | major | minor | length: 2 bytes, from version 2 on 4, LE | text |
 *   text: {'descr': '&lt;f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
 * </pre>
 *
 * @param bytes the header's length, behind which the numbers begin
 * @param type of the numbers
 * @param fortran whether the first index runs fastest
 * @param shape how many there are of each index; the first counts rows
 */
record NpyHeader(int bytes, NpyType type, boolean fortran, List<Integer> shape)
    implements Serializable {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

  /**
   * Reads and checks a header.
   *
   * @param name of the file, for errors
   * @param in at its beginning
   * @throws DataException naming the file, what was expected and what was read
   */
  static NpyHeader read(String name, InputStream in) throws IOException {
    byte[] start = exactly(in, 8);
    for (int i = 0; i < MAGIC.length; i++) {
      if (start[i] != MAGIC[i]) {
        throw new DataException(
            name
                + ": an array of NumPy's must begin with 93 4e 55 4d 50 59; save it by numpy.save");
      }
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw new DataException(
          name + ": the version of the array's file must be in 1..3, got " + version);
    }
    int lengthBytes = version == 1 ? 2 : 4;
    ByteBuffer length = ByteBuffer.wrap(exactly(in, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
    int textBytes = version == 1 ? length.getShort() & 0xFFFF : length.getInt();
    if (textBytes < 0 || textBytes > MOST_BYTES) {
      throw new DataException(
          name + ": the array's header must have at most 2^20 bytes, got " + textBytes);
    }
    String text = new String(exactly(in, textBytes), StandardCharsets.UTF_8);
    return parse(name, text, start.length + lengthBytes + textBytes);
  }

  private static NpyHeader parse(String name, String text, int bytes) {
    Matcher description = DESCRIPTION.matcher(text);
    Matcher fortran = FORTRAN.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!description.find()) {
      throw new DataException(
          name + ": an array must hold numbers of one type, got " + text.strip());
    }
    if (!fortran.find() || !shape.find()) {
      throw new DataException(
          name + ": the array's header must have fortran_order and shape, got " + text.strip());
    }
    List<Integer> extents = new ArrayList<>();
    long values = 1;
    for (String extent : shape.group(1).split(",", -1)) {
      if (!extent.isBlank()) {
        long number = Long.parseLong(extent.strip());
        values = extents.isEmpty() ? 1 : values * number;
        if (number > Integer.MAX_VALUE || values > 1 << 29 || (!extents.isEmpty() && number < 1)) {
          throw new DataException(
              name
                  + ": an array must have at most 2^31 - 1 rows of 1 to 2^29 numbers, got ("
                  + shape.group(1)
                  + ")");
        }
        extents.add((int) number);
      }
    }
    if (extents.isEmpty()) {
      throw new DataException(name + ": an array must have rows, got a single number");
    }
    NpyType type = NpyType.of(description.group(1));
    if (type == null) {
      throw new DataException(
          name
              + ": an array must be of "
              + NpyType.KNOWN
              + ", got '"
              + description.group(1)
              + "'; save it as array.astype('float32')");
    }
    return new NpyHeader(bytes, type, fortran.group(1).equals("True"), extents);
  }

  private static byte[] exactly(InputStream in, int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException("ends within its header");
    }
    return read;
  }

  /** How many rows there are. */
  int rows() {
    return shape.get(0);
  }

  /** How many numbers a row has. */
  int rowValues() {
    return shape.stream().skip(1).reduce(1, Math::multiplyExact);
  }

  /** How many bytes a row has. */
  int rowBytes() {
    return Math.multiplyExact(rowValues(), type.bytes());
  }

  /** How many bytes the file has. */
  long length() {
    return bytes + (long) rows() * rowBytes();
  }
}
