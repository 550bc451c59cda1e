package io.lockstep.common.data;

/** How a feature is kept until it is scaled. */
public enum FeatureType {
  /** An unsigned byte, as image files have them. */
  UINT8(1),
  /** A float32. */
  FLOAT32(Float.BYTES);

  private final int bytes;

  FeatureType(int bytes) {
    this.bytes = bytes;
  }

  /** The bytes of one feature. */
  public int bytes() {
    return bytes;
  }
}
