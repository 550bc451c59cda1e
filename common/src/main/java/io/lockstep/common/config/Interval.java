package io.lockstep.common.config;

import java.util.List;
import java.util.Map;

/**
 * How often something happens during training.
 *
 * @param unit what is counted
 * @param count how many of them lie between; 0 for never
 */
public record Interval(Unit unit, long count) {
  /** What is counted. */
  public enum Unit {
    /** Passes over the data. */
    EPOCHS,
    /** Updates of the parameters. */
    STEPS,
    /** Nothing: it does not happen. */
    NEVER
  }

  /** Passes over the data. */
  static final Key<Long> EPOCHS =
      Key.longInteger("epochs", 1, Range.closed(1, 1e15), "passes over the data");

  /** Updates of the parameters. */
  static final Key<Long> STEPS =
      Key.longInteger("steps", 1, Range.closed(1, 1e15), "updates of the parameters");

  /** Its keys. */
  static final List<Key<?>> KEYS = List.of(EPOCHS, STEPS);

  /** Never. */
  public static final Interval NEVER = new Interval(Unit.NEVER, 0);

  /** Reads {@code never}, {@code {epochs: number}} or {@code {steps: number}}. */
  static Interval read(Options parent, Key<Object> key, Interval otherwise) {
    Object plain = parent.find(key);
    if (plain == null) {
      return otherwise;
    }
    if (plain.equals("never")) {
      return NEVER;
    }
    if (!(plain instanceof Map)) {
      throw parent.error(key, "must be never, {epochs: number} or {steps: number}");
    }
    Options section = parent.get(Key.section(key.name(), key.meaning()));
    section.allowOnly(KEYS);
    if (section.has(EPOCHS) == section.has(STEPS)) {
      throw section.error("must have either epochs or steps");
    }
    return section.has(EPOCHS)
        ? new Interval(Unit.EPOCHS, section.get(EPOCHS))
        : new Interval(Unit.STEPS, section.get(STEPS));
  }

  Object plain() {
    return switch (unit) {
      case EPOCHS -> Map.of(EPOCHS.name(), count);
      case STEPS -> Map.of(STEPS.name(), count);
      case NEVER -> "never";
    };
  }
}
