package io.lockstep.driver.spark.source;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The type of an array's numbers, as NumPy writes it: {@code <f4} is float32, little-endian.
 *
 * @param kind b (truth), u (unsigned), i (whole) or f (floating)
 * @param bytes of a number
 * @param bigEndian whether the highest byte comes first
 */
record NpyType(char kind, int bytes, boolean bigEndian) implements Serializable {
  /** For errors. */
  static final String KNOWN = "bool, uint8, int8 to int64, float32 or float64";

  private static final Set<String> TYPES =
      Set.of("b1", "u1", "u2", "u4", "i1", "i2", "i4", "i8", "f4", "f8");

  /** The type that a text names; null where there is no such one. */
  static @Nullable NpyType of(String text) {
    if (text.length() != 3 || "<>|=".indexOf(text.charAt(0)) < 0) {
      return null;
    }
    return TYPES.contains(text.substring(1))
        ? new NpyType(text.charAt(1), text.charAt(2) - '0', text.charAt(0) == '>')
        : null;
  }

  /** Whether numbers are unsigned bytes, as pixels are. */
  boolean isByte() {
    return bytes == 1 && kind != 'i';
  }

  /** A view of bytes in the order of this type. */
  ByteBuffer view(byte[] array) {
    return ByteBuffer.wrap(array).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  /** Number {@code i} of a row. */
  double read(ByteBuffer row, int i) {
    int at = i * bytes;
    return switch (kind) {
      case 'f' -> bytes == 4 ? row.getFloat(at) : row.getDouble(at);
      case 'i' ->
          switch (bytes) {
            case 1 -> row.get(at);
            case 2 -> row.getShort(at);
            case 4 -> row.getInt(at);
            default -> row.getLong(at);
          };
      default ->
          switch (bytes) {
            case 1 -> row.get(at) & 0xFF;
            case 2 -> row.getShort(at) & 0xFFFF;
            default -> row.getInt(at) & 0xFFFFFFFFL;
          };
    };
  }
}
