package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * An array of features and the array of their labels.
 *
 * @param labels as many rows; null where labels are not read
 */
record NpyPair(NpyArray features, @Nullable NpyArray labels) implements Serializable {
  /** The form of their rows: bytes stay bytes. */
  ExampleForm form() {
    NpyHeader header = features.header();
    return new ExampleForm(
        header.type().isByte() ? FeatureType.UINT8 : FeatureType.FLOAT32,
        header.rowValues(),
        labels == null ? 0 : labels.header().rowValues(),
        false);
  }

  /** How many rows it has. */
  int rows() {
    return features.header().rows();
  }

  /** Whether rows can be read from any one on. */
  boolean isPlain() {
    return features.isPlain() && (labels == null || labels.isPlain());
  }
}
