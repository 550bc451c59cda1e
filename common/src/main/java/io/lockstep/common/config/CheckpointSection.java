package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checkpoints: {@code checkpoint}. Step 0 and the last step always have one.
 *
 * @param everySteps updates between two checkpoints
 * @param keep how many of the latest are kept
 */
public record CheckpointSection(long everySteps, int keep) {
  /** Updates between two. */
  public static final Key<Long> EVERY_STEPS =
      Key.longInteger(
          "everySteps",
          500,
          Range.closed(1, 1e15),
          "updates between two checkpoints; the beginning and the end always have one");

  /** How many are kept. */
  public static final Key<Integer> KEEP =
      Key.integer("keep", 2, Range.closed(1, 1 << 20), "how many of the latest are kept");

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(EVERY_STEPS, KEEP);

  static CheckpointSection read(Options options) {
    options.allowOnly(KEYS);
    return new CheckpointSection(options.get(EVERY_STEPS), options.get(KEEP));
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put(EVERY_STEPS.name(), everySteps);
    plain.put(KEEP.name(), keep);
    return plain;
  }
}
