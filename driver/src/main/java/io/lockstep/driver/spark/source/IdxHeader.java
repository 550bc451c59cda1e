package io.lockstep.driver.spark.source;

import io.lockstep.common.data.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;

/**
 * The first bytes of an IDX file (Y. LeCun, C. Cortes, C. Burges, "The MNIST database"):
 *
 * <pre>
 *   | 0 | 0 | type: 8 = unsigned byte | number of dimensions | dimension 0, int32 big-endian | ... |
 * </pre>
 *
 * Dimension 0 counts the rows.
 *
 * @param bytes the header's length
 * @param rows dimension 0
 * @param rowBytes the product of the other dimensions
 */
record IdxHeader(int bytes, int rows, int rowBytes) implements Serializable {
  private static final int UNSIGNED_BYTE = 8;

  /**
   * Reads and checks the header, and the file's length where that is known without unpacking.
   *
   * @throws DataException naming the file, what was expected and what was read
   */
  static IdxHeader read(InputFile file, Configuration hadoop) {
    try (InputStream in = file.open(hadoop)) {
      IdxHeader header = read(file, in);
      long length = header.offset(header.rows);
      if (!file.compressed() && file.length() != length) {
        throw new DataException(
            file.shown()
                + ": an IDX file of "
                + header.rows
                + " rows of "
                + header.rowBytes
                + " bytes must have "
                + length
                + " bytes, got "
                + file.length());
      }
      return header;
    } catch (EOFException e) {
      throw new DataException(file.shown() + ": ends within its IDX header", e);
    } catch (IOException e) {
      throw new DataException(file.shown() + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static IdxHeader read(InputFile file, InputStream in) throws IOException {
    byte[] magic = exactly(in, 4);
    if (magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTE || magic[3] < 1) {
      throw new DataException(
          file.shown()
              + ": an IDX file of unsigned bytes must begin with 00 00 08 and the number of"
              + " dimensions, got "
              + HexFormat.ofDelimiter(" ").formatHex(magic)
              + (magic[0] == 0x1f && magic[1] == (byte) 0x8b
                  ? "; the name of a gzipped file must end in .gz"
                  : ""));
    }
    ByteBuffer dimensions = ByteBuffer.wrap(exactly(in, 4 * magic[3]));
    int rows = dimensions.getInt();
    long rowBytes = 1;
    while (dimensions.hasRemaining()) {
      int dimension = dimensions.getInt();
      rowBytes = dimension < 1 || rowBytes > 1 << 29 ? -1 : rowBytes * dimension;
    }
    if (rows < 0 || rowBytes < 1 || rowBytes > 1 << 29) {
      throw new DataException(
          file.shown() + ": the dimensions of its IDX header cannot be, or are beyond 2^29 a row");
    }
    return new IdxHeader(4 + 4 * magic[3], rows, (int) rowBytes);
  }

  private static byte[] exactly(InputStream in, int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException();
    }
    return read;
  }

  /** Where a row begins. */
  long offset(long row) {
    return bytes + row * rowBytes;
  }
}
