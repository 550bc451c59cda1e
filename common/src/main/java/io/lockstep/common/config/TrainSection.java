package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How long training goes on: {@code train}. Exactly one of epochs and steps is present.
 *
 * @param epochs passes over the data
 * @param steps updates of the parameters
 * @param validateEvery how often validation happens, besides after the last step
 * @param gradientNorms whether a step's line has the norm of each tensor's gradient
 */
public record TrainSection(
    OptionalInt epochs, OptionalLong steps, Interval validateEvery, boolean gradientNorms) {
  /** Passes over the data. */
  public static final Key<Integer> EPOCHS =
      Key.integer(
          "epochs", 0, Range.closed(1, Integer.MAX_VALUE), "passes over the data; or steps");

  /** Updates of the parameters. */
  public static final Key<Long> STEPS =
      Key.longInteger("steps", 0, Range.closed(1, 1e15), "updates of the parameters; or epochs");

  /** How often validation happens. */
  public static final Key<Object> VALIDATE_EVERY =
      Key.any(
          "validateEvery",
          "never, {epochs: number} or {steps: number}; also after the last step unless never;"
              + " {epochs: 1} where there is validation data");

  /** Whether a step's line has the norm of each tensor's gradient. */
  public static final Key<Boolean> GRADIENT_NORMS =
      Key.flag(
          "gradientNorms",
          false,
          "writes the norm of each tensor's gradient into every line of steps.jsonl");

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(EPOCHS, STEPS, VALIDATE_EVERY, GRADIENT_NORMS);

  static TrainSection read(Options options, boolean hasValidation) {
    options.allowOnly(KEYS);
    if (options.has(EPOCHS) == options.has(STEPS)) {
      throw options.error("must have either epochs or steps");
    }
    Interval usual = hasValidation ? new Interval(Interval.Unit.EPOCHS, 1) : Interval.NEVER;
    Interval validateEvery = Interval.read(options, VALIDATE_EVERY, usual);
    if (!hasValidation && !validateEvery.equals(Interval.NEVER)) {
      throw options.error(
          VALIDATE_EVERY, "needs data.validation, which is missing; add it or leave this out");
    }
    return new TrainSection(
        options.has(EPOCHS) ? OptionalInt.of(options.get(EPOCHS)) : OptionalInt.empty(),
        options.has(STEPS) ? OptionalLong.of(options.get(STEPS)) : OptionalLong.empty(),
        validateEvery,
        options.get(GRADIENT_NORMS));
  }

  /**
   * The steps of the whole run.
   *
   * @param stepsPerEpoch steps of one pass over the data
   */
  public long totalSteps(long stepsPerEpoch) {
    return steps.isPresent()
        ? steps.getAsLong()
        : Math.multiplyExact(stepsPerEpoch, (long) epochs.orElseThrow());
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    epochs.ifPresent(value -> plain.put(EPOCHS.name(), value));
    steps.ifPresent(value -> plain.put(STEPS.name(), value));
    plain.put(VALIDATE_EVERY.name(), validateEvery.plain());
    plain.put(GRADIENT_NORMS.name(), gradientNorms);
    return plain;
  }
}
