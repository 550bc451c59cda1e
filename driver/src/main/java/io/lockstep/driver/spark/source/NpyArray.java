package io.lockstep.driver.spark.source;

import io.lockstep.common.data.DataException;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.hadoop.conf.Configuration;

/**
 * An array of NumPy's: a file {@code .npy}, or a member of a file {@code .npz}.
 *
 * @param file where it lies
 * @param member its name in the file; empty where it is the file
 * @param header what it begins with
 */
record NpyArray(InputFile file, String member, NpyHeader header) implements Serializable {
  /**
   * Reads and checks the header, and the file's length where that is known without unpacking.
   *
   * @throws DataException naming the file, what was expected and what was read
   */
  static NpyArray open(InputFile file, String member, Configuration hadoop) {
    String name = name(file, member);
    try (InputStream in = stream(file, member, hadoop)) {
      NpyHeader header = NpyHeader.read(name, in);
      if (!file.compressed() && member.isEmpty() && file.length() != header.length()) {
        throw new DataException(
            name
                + ": an array of shape "
                + header.shape()
                + " must have "
                + header.length()
                + " bytes with its header, got "
                + file.length());
      }
      return new NpyArray(file, member, header);
    } catch (IOException e) {
      throw new DataException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String name(InputFile file, String member) {
    return file.shown() + (member.isEmpty() ? "" : " (" + member + ")");
  }

  /** What the user calls it. */
  String shown() {
    return name(file, member);
  }

  /** Whether it can be read from any row on. */
  boolean isPlain() {
    return !file.compressed() && member.isEmpty();
  }

  private static InputStream stream(InputFile file, String member, Configuration hadoop)
      throws IOException {
    InputStream in = file.open(hadoop);
    if (member.isEmpty()) {
      return in;
    }
    try {
      ZipInputStream members = new ZipInputStream(in);
      List<String> names = new ArrayList<>();
      for (ZipEntry e = members.getNextEntry(); e != null; e = members.getNextEntry()) {
        String name = e.getName().replaceFirst("\\.npy$", "");
        if (name.equals(member)) {
          return members;
        }
        names.add(name);
      }
      throw new FileNotFoundException(
          "there is no array '" + member + "' in it; there are: " + String.join(", ", names));
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /**
   * The bytes of rows {@code from} .. {@code to} - 1, each row's numbers in the order of C: the
   * last index runs fastest. Rows of an array in Fortran's order are held in memory.
   */
  InputStream rows(Configuration hadoop, long from, long to) throws IOException {
    boolean seek = isPlain() && !header.fortran();
    long skipped = header.bytes() + (header.fortran() ? 0 : from * header.rowBytes());
    InputStream in = seek ? file.open(hadoop, skipped) : stream(file, member, hadoop);
    try {
      if (!seek) {
        in.skipNBytes(skipped);
      }
      if (!header.fortran()) {
        return new BufferedInputStream(in, 1 << 16);
      }
      try (in) {
        return new java.io.ByteArrayInputStream(transposed(in, from, to));
      }
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Column by column, each of which lies in one piece. */
  private byte[] transposed(InputStream in, long from, long to) throws IOException {
    int bytes = header.type().bytes();
    int count = Math.toIntExact(to - from);
    byte[] rows = new byte[Math.multiplyExact(count, header.rowBytes())];
    byte[] column = new byte[count * bytes];
    for (int j = 0; j < header.rowValues(); j++) {
      in.skipNBytes(from * bytes);
      if (in.readNBytes(column, 0, column.length) < column.length) {
        throw new java.io.EOFException("ends within its numbers");
      }
      in.skipNBytes((header.rows() - to) * bytes);
      int target = placeInRow(j) * bytes;
      for (int r = 0; r < count; r++) {
        System.arraycopy(column, r * bytes, rows, r * header.rowBytes() + target, bytes);
      }
    }
    return rows;
  }

  /** Where the number of Fortran's column {@code j} is in a row of C's order. */
  private int placeInRow(int j) {
    int place = 0;
    int left = j;
    int stride = header.rowValues();
    for (int extent : header.shape().subList(1, header.shape().size())) {
      stride /= extent;
      place += left % extent * stride;
      left /= extent;
    }
    return place;
  }
}
