package io.lockstep.worker.engine.kernel;

import java.util.List;

/**
 * The shape of one example between two layers: [features]; [length, width] for a sequence; or
 * [channels, height, width] for an image. In memory every example is [positions, channels],
 * row-major: features are one position, a sequence has a position for each of its steps, an image
 * for each of its pixels, row by row, so that it lies channels last.
 *
 * @param extents one, two or three, each at least 1
 */
public record Shape(List<Integer> extents) {
  /** Checks the extents. */
  public Shape {
    extents = List.copyOf(extents);
    if (extents.isEmpty()
        || extents.size() > 3
        || extents.stream().anyMatch(extent -> extent < 1)) {
      throw new IllegalArgumentException(
          "a shape must be [features], [length, width] or [channels, height, width], got "
              + extents);
    }
  }

  /** [features]. */
  public static Shape of(int features) {
    return new Shape(List.of(features));
  }

  /** [length, width]. */
  public static Shape sequence(int length, int width) {
    return new Shape(List.of(length, width));
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
    int size = 1;
    for (int i = 0; i < extents.size(); i++) {
      size = Math.multiplyExact(size, extents.get(i)); // asked for every slice: makes no garbage
    }
    return size;
  }

  /** Whether it is [features]. */
  public boolean isFeatures() {
    return extents.size() == 1;
  }

  /** Whether it is [length, width]. */
  public boolean isSequence() {
    return extents.size() == 2;
  }

  /** Whether it is [channels, height, width]. */
  public boolean isImage() {
    return extents.size() == 3;
  }

  /** Numbers of a position: all features, the width of a sequence, the channels of an image. */
  public int channels() {
    return isSequence() ? extents.get(1) : extents.get(0);
  }

  /** Positions: 1 for features, the length of a sequence, the pixels of an image. */
  public int positions() {
    return size() / channels();
  }

  /** Rows of an image. */
  public int height() {
    return extents.get(1);
  }

  /** Columns of an image. */
  public int width() {
    return extents.get(2);
  }

  /** The same positions with other channels. */
  public Shape withChannels(int channels) {
    return switch (extents.size()) {
      case 1 -> of(channels);
      case 2 -> sequence(extents.get(0), channels);
      default -> image(channels, height(), width());
    };
  }

  /**
   * Whether an example lies in memory in the order of the extents: an image of several channels and
   * pixels does not.
   */
  public boolean liesAsWritten() {
    return !isImage() || channels() == 1 || positions() == 1;
  }

  @Override
  public String toString() {
    return extents.toString();
  }
}
