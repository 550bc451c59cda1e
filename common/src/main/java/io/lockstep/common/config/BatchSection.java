package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The batch of a step: {@code batch}.
 *
 * @param size examples of a batch
 * @param slice examples of a slice; divides {@code size}
 * @param accumulate batches of a step
 * @param keepIncomplete whether an epoch goes on until its longest stream has run out (true), or
 *     ends with its shortest (false)
 */
public record BatchSection(int size, int slice, int accumulate, boolean keepIncomplete) {
  /** Examples of a batch. */
  public static final Key<Integer> SIZE =
      Key.integer(
              "size",
              0,
              Range.closed(1, 1 << 24),
              "examples of a step, or of each that accumulates")
          .required();

  /** Examples of a slice. */
  public static final Key<Integer> SLICE =
      Key.integer(
          "slice",
          32,
          Range.closed(1, 1 << 24),
          "examples of a slice, the unit of gradient work; divides size");

  /** Batches of a step. */
  public static final Key<Integer> ACCUMULATE =
      Key.integer(
          "accumulate",
          1,
          Range.closed(1, 1 << 24),
          "batches whose gradients make one step: the same step as with a size so much larger");

  /** What becomes of the end of an epoch. */
  public static final Key<String> INCOMPLETE =
      Key.choice(
          "incomplete",
          "keep",
          List.of("keep", "drop"),
          "whether batches at the end of an epoch that lack examples are used");

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(SIZE, SLICE, ACCUMULATE, INCOMPLETE);

  /** M, the slices of a step. */
  public int slices() {
    return examples() / slice;
  }

  /** Examples of a step, where no stream has run out. */
  public int examples() {
    return size * accumulate;
  }

  static BatchSection read(Options options) {
    options.allowOnly(KEYS);
    int size = options.get(SIZE);
    int slice = options.get(SLICE);
    if (size % slice != 0) {
      int below = size / slice * slice;
      throw options.error(
          SIZE,
          "must be a multiple of batch.slice ("
              + slice
              + "), such as "
              + (below > 0 ? below + " or " : "")
              + (below + slice));
    }
    int accumulate = options.get(ACCUMULATE);
    if ((long) size * accumulate > 1 << 24) {
      throw options.error(
          ACCUMULATE, "must be at most " + (1 << 24) / size + ", so that a step has 2^24 examples");
    }
    return new BatchSection(size, slice, accumulate, options.get(INCOMPLETE).equals("keep"));
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put(SIZE.name(), size);
    plain.put(SLICE.name(), slice);
    plain.put(ACCUMULATE.name(), accumulate);
    plain.put(INCOMPLETE.name(), keepIncomplete ? "keep" : "drop");
    return plain;
  }
}
