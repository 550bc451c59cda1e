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
 * @param labels how many numbers its label has, at least 0
 * @param weighted whether it has a weight
 */
public record ExampleForm(FeatureType type, int features, int labels, boolean weighted)
    implements Serializable {
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  /** Refuses rows without features and rows that do not fit an array. */
  public ExampleForm {
    long bytes = (long) features * type.bytes() + (long) labels * Float.BYTES;
    if (features < 1 || labels < 0 || bytes > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "a row must have at least 1 feature, at least 0 labels, and fit an array of 2 GiB, got "
              + features
              + " features of "
              + type
              + " and "
              + labels
              + " labels");
    }
  }

  /** Rows with a label of one number, which all weigh the same. */
  public ExampleForm(FeatureType type, int features) {
    this(type, features, 1, false);
  }

  /** The length of a row. */
  public int bytes() {
    return weightOffset() + (weighted ? Float.BYTES : 0);
  }

  /** Where the label begins. */
  public int labelOffset() {
    return features * type.bytes();
  }

  /** Where the weight is, in rows that have one. */
  public int weightOffset() {
    return labelOffset() + labels * Float.BYTES;
  }

  /** Number {@code k} of a row's label. */
  public float label(byte[] row, int k) {
    return (float) FLOAT.get(row, labelOffset() + k * Float.BYTES);
  }

  /** Writes number {@code k} of a row's label. */
  public void label(byte[] row, int k, float value) {
    FLOAT.set(row, labelOffset() + k * Float.BYTES, value);
  }

  /** How much a row counts; 1 where rows have no weight. */
  public float weight(byte[] row) {
    return weighted ? (float) FLOAT.get(row, weightOffset()) : 1;
  }

  /** Writes the weight of a row; where rows have one. */
  public void weight(byte[] row, float weight) {
    FLOAT.set(row, weightOffset(), weight);
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
