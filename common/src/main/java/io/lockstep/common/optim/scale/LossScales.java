package io.lockstep.common.optim.scale;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/** The loss scales that a configuration can name. */
public final class LossScales {
  private static final Range SCALE =
      Range.closed(Math.scalb(1.0, LossScale.LEAST), Math.scalb(1.0, LossScale.MOST));

  private static final Key<Double> FIXED =
      Key.number("scale", 65536, SCALE, "what gradients are multiplied by; a power of two")
          .required();

  private static final Key<Double> INITIAL =
      Key.number("initial", 65536, SCALE, "the scale to begin with; a power of two");
  private static final Key<Double> GROWTH_FACTOR =
      Key.number(
          "growthFactor", 2, Range.closed(2, 65536), "what the scale grows by; a power of two");
  private static final Key<Double> BACKOFF_FACTOR =
      Key.number(
          "backoffFactor",
          0.5,
          Range.closed(1.0 / 65536, 0.5),
          "what the scale is multiplied by after an overflow; a power of two");
  private static final Key<Long> GROWTH_INTERVAL =
      Key.longInteger(
          "growthInterval",
          2000,
          Range.closed(1, 1e15),
          "steps without overflow after which the scale grows");

  /** One line a scale. */
  public static final Registry<LossScale> REGISTRY =
      Registry.of(
          "loss scale",
          List.of(
              new Registry.Entry<>(
                  "none",
                  "Gradients are rounded as they are.",
                  List.of(),
                  options -> LossScale.fixed(0)),
              new Registry.Entry<>(
                  "static",
                  "One scale for the whole run (Micikevicius 2018).",
                  List.of(FIXED),
                  options -> LossScale.fixed(exponent(options, FIXED))),
              new Registry.Entry<>(
                  "dynamic",
                  "The scale goes down after an overflow and up where there is none for long (as"
                      + " torch.amp.GradScaler).",
                  List.of(INITIAL, GROWTH_FACTOR, BACKOFF_FACTOR, GROWTH_INTERVAL),
                  options ->
                      LossScale.dynamic(
                          exponent(options, INITIAL),
                          exponent(options, GROWTH_FACTOR),
                          exponent(options, BACKOFF_FACTOR),
                          options.get(GROWTH_INTERVAL)))));

  private LossScales() {}

  /** The scale that the section {@code wire.lossScale} describes; none where it is empty. */
  public static LossScale create(Options options) {
    return options.isEmpty() ? LossScale.fixed(0) : REGISTRY.create(options);
  }

  private static int exponent(Options options, Key<Double> key) {
    double factor = options.get(key);
    int exponent = Math.getExponent(factor);
    if (factor != Math.scalb(1.0, exponent)) {
      throw options.error(key, "must be a power of two, so that it changes no bit");
    }
    return exponent;
  }
}
