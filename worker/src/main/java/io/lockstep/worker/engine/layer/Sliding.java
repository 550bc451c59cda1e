package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.kernel.Window;
import java.util.List;

/**
 * How a convolution's or pool's window moves, as written: numbers, or pairs [vertical, horizontal].
 */
final class Sliding {
  private final Place place;
  private final String what;
  private final int[] size;
  private final int[] stride;
  private final int[] pad;
  private final boolean same;

  private Sliding(Place place, String what, int[] size, int[] stride, int[] pad, boolean same) {
    this.place = place;
    this.what = what;
    this.size = size;
    this.stride = stride;
    this.pad = pad;
    this.same = same;
  }

  /** A window that stays inside of the image. */
  static Sliding inside(Options section, Key<Object> size, Key<Object> stride) {
    int[] pair = pair(section, size, 1);
    int[] strides = section.has(stride) ? pair(section, stride, 1) : pair;
    return new Sliding(new Place(section), size.name(), pair, strides, new int[2], false);
  }

  /** A window that may see zeros around the image: {@code valid}, {@code same} or a number. */
  static Sliding padded(
      Options section, Key<Object> size, Key<Object> stride, Key<Object> padding) {
    int[] pair = pair(section, size, 1);
    int[] strides = section.has(stride) ? pair(section, stride, 1) : new int[] {1, 1};
    Object written = section.has(padding) ? section.find(padding) : "valid";
    boolean same = "same".equals(written);
    int[] pad = same || "valid".equals(written) ? new int[2] : pair(section, padding, 0);
    return new Sliding(new Place(section), size.name(), pair, strides, pad, same);
  }

  private static int[] pair(Options section, Key<Object> key, int least) {
    Object written = section.find(key);
    if (written instanceof Integer number && number >= least) {
      return new int[] {number, number};
    }
    if (written instanceof List<?> list
        && list.size() == 2
        && list.get(0) instanceof Integer vertical
        && list.get(1) instanceof Integer horizontal
        && vertical >= least
        && horizontal >= least) {
      return new int[] {vertical, horizontal};
    }
    if (written == null) {
      throw section.error(key, "is missing; it must be a whole number or [vertical, horizontal]");
    }
    throw section.error(key, "must be " + key.meaning());
  }

  int windowHeight() {
    return size[0];
  }

  int windowWidth() {
    return size[1];
  }

  /**
   * The window over an image of this shape. With {@code same} there are ceil(extent / stride)
   * positions, and of an odd number of zeros the larger half lies behind, as TensorFlow has it.
   */
  Window over(Shape image) {
    int outHeight = positions(image, image.height(), 0);
    int outWidth = positions(image, image.width(), 1);
    return new Window(
        image.height(),
        image.width(),
        image.channels(),
        size[0],
        size[1],
        stride[0],
        stride[1],
        before(image.height(), outHeight, 0),
        before(image.width(), outWidth, 1),
        outHeight,
        outWidth);
  }

  private int positions(Shape image, int extent, int axis) {
    if (same) {
      return (extent + stride[axis] - 1) / stride[axis];
    }
    int room = extent + 2 * pad[axis] - size[axis];
    if (room < 0) {
      throw tooLarge(image);
    }
    return room / stride[axis] + 1;
  }

  private int before(int extent, int positions, int axis) {
    return same ? Math.max(0, (positions - 1) * stride[axis] + size[axis] - extent) / 2 : pad[axis];
  }

  private ConfigurationException tooLarge(Shape image) {
    String zeros =
        pad[0] + pad[1] == 0 ? "" : " with " + pad[0] + " and " + pad[1] + " zeros on each side";
    return place.needs(
        "an image of at least "
            + (size[0] - 2 * pad[0])
            + " x "
            + (size[1] - 2 * pad[1])
            + " for its "
            + what
            + " "
            + size[0]
            + " x "
            + size[1]
            + zeros,
        image,
        "make the " + what + " smaller");
  }
}
