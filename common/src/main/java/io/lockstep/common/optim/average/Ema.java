package io.lockstep.common.optim.average;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.optim.WeightAverage;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/**
 * Exponential moving average of the weights (Polyak, Juditsky 1992, with the decay of Tarvainen,
 * Valpola 2017), a {@link RunningAverage} with part(s) = 1 - d(s) after sample s:
 *
 * <pre>
 * bias      d(s) = decay (1 - decay^(s - 1)) / (1 - decay^s)
 * copy      d(1) = 0, d(s) = decay
 * ramp      d(s) = min(decay, (1 + s) / (10 + s))
 * power     d(1) = 0, d(s) = min(decay, 1 - (1 + (s - 1) / warmupSamples)^-warmupPower)
 * none      d(s) = decay
 * </pre>
 *
 * {@code bias} is {@code optax.ema} with {@code debias}, an average from zero divided by 1 -
 * decay^s, without the division: d(1) is 0. {@code copy} is {@code torch.optim.swa_utils} with
 * {@code get_ema_multi_avg_fn}; {@code ramp} is {@code tf.train.ExponentialMovingAverage} with
 * {@code num_updates}; {@code power} is timm's {@code ModelEmaV3} with {@code use_warmup}, whose
 * {@code warmup_gamma} is warmupSamples; {@code none} is timm's without. With {@code ramp} and
 * {@code none} the parameters before the first sample count too.
 */
final class Ema {
  private static final String BIAS = "bias";
  private static final String COPY = "copy";
  private static final String RAMP = "ramp";
  private static final String POWER = "power";
  private static final String NONE = "none";

  private static final Key<Double> DECAY =
      Key.number("decay", 0.999, Range.FRACTION, "part of the average that a sample keeps");
  private static final Key<String> CORRECTION =
      Key.choice(
          "correction",
          BIAS,
          List.of(BIAS, COPY, RAMP, POWER, NONE),
          "how the average forgets where it began");
  private static final Key<Double> WARMUP_SAMPLES =
      Key.number("warmupSamples", 1, Range.POSITIVE, "with power: a sample counts as 1 over these");
  private static final Key<Double> WARMUP_POWER =
      Key.number("warmupPower", 2.0 / 3, Range.POSITIVE, "with power: how fast the decay grows");
  private static final Key<Long> START_STEP =
      Key.longInteger(
          "startStep",
          1,
          Range.closed(1, Double.POSITIVE_INFINITY),
          "the first update that is sampled");

  static final Registry.Entry<WeightAverage> ENTRY =
      new Registry.Entry<>(
          "ema",
          "Exponential moving average (Polyak, Juditsky 1992).",
          List.of(
              DECAY,
              CORRECTION,
              WARMUP_SAMPLES,
              WARMUP_POWER,
              START_STEP,
              RunningAverage.EVERY_STEPS),
          Ema::create);

  private Ema() {}

  private static WeightAverage create(Options options) {
    LongToDoubleFunction decay = decay(options);
    return new RunningAverage(
        options.get(START_STEP),
        options.get(RunningAverage.EVERY_STEPS),
        sample -> 1 - decay.applyAsDouble(sample));
  }

  private static LongToDoubleFunction decay(Options options) {
    double decay = options.get(DECAY);
    double samples = options.get(WARMUP_SAMPLES);
    double power = options.get(WARMUP_POWER);
    return switch (options.get(CORRECTION)) {
      case BIAS -> s -> decay * (1 - power(decay, s - 1)) / (1 - power(decay, s));
      case COPY -> s -> s == 1 ? 0 : decay;
      case RAMP -> s -> Math.min(decay, (1.0 + s) / (10.0 + s));
      case POWER ->
          s -> s == 1 ? 0 : Math.min(decay, 1 - StrictMath.pow(1 + (s - 1) / samples, -power));
      default -> s -> decay;
    };
  }

  private static double power(double base, long exponent) {
    return StrictMath.pow(base, (double) exponent);
  }
}
