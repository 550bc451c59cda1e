package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.kernel.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a convolution's or pool's window moves, as written: over images in numbers or pairs
 * [vertical, horizontal], over sequences in numbers. A sequence is an image of one row.
 */
final class Sliding {
  private static final String SAME = "same";
  private static final String CAUSAL = "causal";

  /**
   * What a window moves over, and the keys that say how.
   *
   * @param sequences whether over sequences, otherwise over images
   * @param dilation not there for pools
   */
  record Over(
      boolean sequences,
      Key<Object> size,
      Key<Object> stride,
      Key<Object> padding,
      @Nullable Key<Object> dilation) {

    /** A convolution's window over images. */
    static final Over IMAGES =
        new Over(
            false,
            Key.any("kernel", "a whole number >= 1 or [height, width]: what a filter sees")
                .required(),
            Key.any("stride", "a whole number >= 1 or [down, across]; 1 without it"),
            Key.any(
                "padding",
                "valid (none), same (as many positions as pixels, over the stride), a whole number of"
                    + " zeros on each side, or [above and below, left and right]"),
            Key.any(
                "dilation",
                "a whole number >= 1 or [down, across]: from one pixel that a filter sees to the next;"
                    + " 1 without it"));

    /** A convolution's window over sequences. */
    static final Over SEQUENCES =
        new Over(
            true,
            Key.any("kernel", "a whole number >= 1: positions that a filter sees").required(),
            Key.any("stride", "a whole number >= 1; 1 without it"),
            Key.any(
                "padding",
                "valid (none), same (as many positions as came in, over the stride), causal (the same,"
                    + " and none sees what comes after it), or a whole number of zeros at each end"),
            Key.any(
                "dilation",
                "a whole number >= 1: from one position that a filter sees to the next; 1 without it"));

    /** A transposed convolution's window over images. */
    static final Over TRANSPOSED_IMAGES =
        new Over(
            false,
            IMAGES.size,
            IMAGES.stride,
            Key.any(
                "padding",
                "valid (none), same (as many positions as pixels, times the stride), a whole number of"
                    + " positions cut off on each side, or [above and below, left and right]"),
            IMAGES.dilation);

    /** A transposed convolution's window over sequences. */
    static final Over TRANSPOSED_SEQUENCES =
        new Over(
            true,
            SEQUENCES.size,
            SEQUENCES.stride,
            Key.any(
                "padding",
                "valid (none), same (as many positions as came in, times the stride), or a whole number"
                    + " of positions cut off at each end"),
            SEQUENCES.dilation);

    /** A pool's window over images. */
    static final Over POOLED_IMAGES =
        new Over(
            false,
            Key.any("size", "a whole number >= 1 or [height, width]: what a window sees")
                .required(),
            Key.any("stride", "a whole number >= 1 or [down, across]; the size without it"),
            Key.any(
                "padding",
                "valid (none), same (as many positions as pixels, over the stride), a whole number"
                    + " of pixels on each side, or [above and below, left and right]"),
            null);

    /** A pool's window over sequences. */
    static final Over POOLED_SEQUENCES =
        new Over(
            true,
            Key.any("size", "a whole number >= 1: positions that a window sees").required(),
            Key.any("stride", "a whole number >= 1; the size without it"),
            Key.any(
                "padding",
                "valid (none), same (as many positions as came in, over the stride), or a whole"
                    + " number of positions at each end"),
            null);

    List<Key<?>> keys() {
      List<Key<?>> keys = new ArrayList<>(List.of(size, stride, padding));
      if (dilation != null) {
        keys.add(dilation);
      }
      return keys;
    }

    private boolean pools() {
      return dilation == null;
    }
  }

  private final Place place;
  private final Options section;
  private final Over over;
  private final int[] size;
  private final int[] stride;
  private final int[] dilation;
  private final int[] pad;
  private final Object padding;

  /**
   * @throws ConfigurationException for numbers out of range, a text that is no padding, and a
   *     pool's padding that is not smaller than its window
   */
  Sliding(Options section, Over over) {
    this.place = new Place(section);
    this.section = section;
    this.over = over;
    this.size = pair(over.size(), 1);
    int[] otherwise = over.pools() ? size : new int[] {1, 1};
    this.stride = section.has(over.stride()) ? pair(over.stride(), 1) : otherwise;
    this.dilation =
        over.dilation() != null && section.has(over.dilation())
            ? pair(over.dilation(), 1)
            : new int[] {1, 1};
    Object written = section.find(over.padding());
    this.padding = written == null ? "valid" : written;
    boolean named =
        padding.equals("valid")
            || padding.equals(SAME)
            || (padding.equals(CAUSAL) && over.equals(Over.SEQUENCES));
    this.pad = named ? new int[2] : pair(over.padding(), 0);
    for (int axis = 0; axis < 2; axis++) {
      if (over.pools() && pad[axis] >= size[axis]) {
        throw section.error(
            over.padding(),
            "must be smaller than the " + over.size().name() + ", or a window sees" + " nothing");
      }
    }
  }

  private int[] pair(Key<Object> key, int least) {
    return pair(section, key, least, over.sequences());
  }

  /**
   * A number for both axes or [vertical, horizontal]; of sequences the number is horizontal, and
   * what is vertical is the least.
   */
  static int[] pair(Options section, Key<Object> key, int least, boolean sequences) {
    Object written = section.find(key);
    if (written instanceof Integer number && number >= least) {
      return new int[] {sequences ? least : number, number};
    }
    if (!sequences
        && written instanceof List<?> list
        && list.size() == 2
        && list.get(0) instanceof Integer vertical
        && list.get(1) instanceof Integer horizontal
        && vertical >= least
        && horizontal >= least) {
      return new int[] {vertical, horizontal};
    }
    throw section.error(
        key,
        written == null ? "is missing; it must be " + key.meaning() : "must be " + key.meaning());
  }

  boolean sequences() {
    return over.sequences();
  }

  /** What the window sees of one channel: [height, width], or [length] of a sequence. */
  List<Integer> extents() {
    return over.sequences() ? List.of(size[1]) : List.of(size[0], size[1]);
  }

  /** Pixels that the window sees. */
  int places() {
    return size[0] * size[1];
  }

  /** The only input's shape, which must be what the window moves over. */
  Shape input(List<Shape> inputs) {
    return over.sequences() ? place.sequence(inputs) : place.image(inputs);
  }

  /** So many channels at the positions of a window. */
  Shape output(Window window, int channels) {
    return shape(channels, window.outHeight(), window.outWidth());
  }

  private Shape shape(int channels, int height, int width) {
    return over.sequences()
        ? Shape.sequence(width, channels)
        : Shape.image(channels, height, width);
  }

  private static int height(Shape input) {
    return input.isSequence() ? 1 : input.height();
  }

  private static int width(Shape input) {
    return input.isSequence() ? input.positions() : input.width();
  }

  /**
   * The window over an input of this shape. With {@code same} there are ceil(extent / stride)
   * positions, and of an odd number of zeros the larger half lies behind, as TensorFlow has it;
   * with {@code causal} all zeros lie before.
   */
  Window over(Shape input) {
    int outHeight = positions(input, height(input), 0);
    int outWidth = positions(input, width(input), 1);
    return window(
        height(input),
        width(input),
        input.channels(),
        before(height(input), outHeight, 0),
        before(width(input), outWidth, 1),
        outHeight,
        outWidth);
  }

  /**
   * The window over the output of a transposed convolution, whose positions are the pixels of its
   * input: out = (in - 1) stride - 2 pad + dilation (size - 1) + 1 + extra, and in x stride with
   * {@code same}.
   *
   * @param extra [vertical, horizontal]: positions added behind
   */
  Window under(Shape input, int filters, int[] extra) {
    int[] in = {height(input), width(input)};
    int[] out = new int[2];
    for (int axis = 0; axis < 2; axis++) {
      long extent =
          padding.equals(SAME)
              ? (long) in[axis] * stride[axis]
              : (in[axis] - 1L) * stride[axis] - 2L * pad[axis] + reach(axis) + extra[axis];
      if (extent < 1) {
        throw place.needs(
            "more than it would cut off with its padding", input, "make the padding smaller");
      }
      out[axis] = Math.toIntExact(extent);
    }
    return window(
        out[0], out[1], filters, before(out[0], in[0], 0), before(out[1], in[1], 1), in[0], in[1]);
  }

  /** Whether so many positions more can have come of the same input, which is what they tell. */
  boolean leavesOpen(int[] extra) {
    for (int axis = 0; axis < 2; axis++) {
      int most = padding.equals(SAME) ? 1 : Math.max(stride[axis], dilation[axis]);
      if (extra[axis] >= most) {
        return false;
      }
    }
    return true;
  }

  /** The shape of what a window of {@link #under} moves over. */
  Shape image(Window window) {
    return shape(window.channels(), window.height(), window.width());
  }

  private Window window(
      int height, int width, int channels, int top, int left, int outHeight, int outWidth) {
    return new Window(
        height,
        width,
        channels,
        size[0],
        size[1],
        stride[0],
        stride[1],
        dilation[0],
        dilation[1],
        top,
        left,
        outHeight,
        outWidth);
  }

  private boolean same() {
    return padding.equals(SAME) || padding.equals(CAUSAL);
  }

  private int reach(int axis) {
    return Math.addExact(Math.multiplyExact(size[axis] - 1, dilation[axis]), 1);
  }

  private int positions(Shape input, int extent, int axis) {
    if (same()) {
      return (extent + stride[axis] - 1) / stride[axis];
    }
    int room = Math.addExact(extent, Math.multiplyExact(2, pad[axis])) - reach(axis);
    if (room < 0) {
      throw tooLarge(input);
    }
    return room / stride[axis] + 1;
  }

  private int before(int extent, int positions, int axis) {
    if (padding.equals(CAUSAL)) {
      return reach(axis) - 1;
    }
    int zeros = Math.max(0, (positions - 1) * stride[axis] + reach(axis) - extent);
    return same() ? zeros / 2 : pad[axis];
  }

  private ConfigurationException tooLarge(Shape input) {
    String zeros =
        pad[0] + pad[1] == 0 ? "" : " with " + written(pad, " and ") + " zeros on each side";
    int[] least = {reach(0) - 2 * pad[0], reach(1) - 2 * pad[1]};
    return place.needs(
        (over.sequences() ? "a sequence of at least " : "an image of at least ")
            + written(least, " x ")
            + " for its "
            + over.size().name()
            + " "
            + written(new int[] {size[0], size[1]}, " x ")
            + zeros,
        input,
        "make the " + over.size().name() + " smaller");
  }

  private String written(int[] pair, String between) {
    return over.sequences() ? "" + pair[1] : pair[0] + between + pair[1];
  }
}
