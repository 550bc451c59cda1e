package io.lockstep.common.data;

import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The binary form of a source's rows; see the package for a drawing.
 *
 * @param type how each feature is kept
 * @param features how many features a row has, at least 1
 */
public record ExampleForm(FeatureType type, int features) implements Serializable {
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  /** Refuses rows without features and rows that do not fit an array. */
  public ExampleForm {
    if (features < 1 || (long) features * type.bytes() > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "a row must have at least 1 feature and fit an array of 2 GiB, got "
              + features
              + " features of "
              + type);
    }
  }

  /** The length of a row. */
  public int bytes() {
    return labelOffset() + Float.BYTES;
  }

  /** Where the label begins. */
  public int labelOffset() {
    return features * type.bytes();
  }

  /** The label of a row. */
  public float label(byte[] row) {
    return (float) FLOAT.get(row, labelOffset());
  }

  /** Writes the label of a row. */
  public void label(byte[] row, float label) {
    FLOAT.set(row, labelOffset(), label);
  }

  /** Feature {@code j} of a row, before scaling. */
  public float feature(byte[] row, int j) {
    return type == FeatureType.UINT8 ? row[j] & 0xFF : (float) FLOAT.get(row, j * Float.BYTES);
  }

  /** Writes feature {@code j} of a row; for {@link FeatureType#FLOAT32} only. */
  public void feature(byte[] row, int j, float value) {
    FLOAT.set(row, j * Float.BYTES, value);
  }
}
