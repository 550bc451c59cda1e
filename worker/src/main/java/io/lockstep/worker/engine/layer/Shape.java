package io.lockstep.worker.engine.layer;

import java.util.List;

/**
 * The shape of one example between two layers: [features], or [channels, height, width] for an
 * image. In memory an image lies channels last: [height, width, channels].
 *
 * @param extents one or three, each at least 1
 */
public record Shape(List<Integer> extents) {
  /** Checks the extents. */
  public Shape {
    extents = List.copyOf(extents);
    if ((extents.size() != 1 && extents.size() != 3)
        || extents.stream().anyMatch(extent -> extent < 1)) {
      throw new IllegalArgumentException(
          "a shape must be [features] or [channels, height, width], got " + extents);
    }
  }

  /** [features]. */
  public static Shape of(int features) {
    return new Shape(List.of(features));
  }

  /** [channels, height, width]. */
  public static Shape image(int channels, int height, int width) {
    return new Shape(List.of(channels, height, width));
  }

  /**
   * Numbers of an example.
   *
   * @throws ArithmeticException beyond 2^31 - 1
   */
  public int size() {
    return extents.stream().reduce(1, Math::multiplyExact);
  }

  /** Whether it is [channels, height, width]. */
  public boolean isImage() {
    return extents.size() == 3;
  }

  /** Channels of an image, or all features. */
  public int channels() {
    return extents.get(0);
  }

  /** Rows of an image. */
  public int height() {
    return extents.get(1);
  }

  /** Columns of an image. */
  public int width() {
    return extents.get(2);
  }

  /** Pixels of an image; 1 for features. */
  public int pixels() {
    return size() / channels();
  }

  @Override
  public String toString() {
    return extents.toString();
  }
}
