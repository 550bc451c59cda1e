package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * NAdam (Dozat 2016, "Incorporating Nesterov momentum into Adam", Algorithm 8), as {@code
 * torch.optim.NAdam}: the momentum has a schedule of its own.
 *
 * <pre>
 * g     = g + weightDecay w
 * mu(t) = beta1 (1 - 0.96^(t momentumDecay) / 2)
 * mu(t) = beta1                                          without momentumSchedule
 * P(t)  = mu(1) mu(2) ... mu(t)
 * m     = beta1 m + (1 - beta1) g
 * v     = beta2 v + (1 - beta2) g^2
 * d     = sqrt(v) / sqrt(1 - beta2^t) + epsilon
 * w     = w - (rate (1 - mu(t)) / (1 - P(t)) g + rate mu(t+1) / (1 - P(t+1)) m) / d
 * w     = w - (decay w + ...)                            with decoupledDecay, and g as it is
 * </pre>
 *
 * Torch and Keras (epsilon 1e-7): the defaults; torch's decoupled_weight_decay is {@code
 * decoupledDecay}. {@code optax.nadam}: {@code momentumSchedule: false}; {@code optax.nadamw} with
 * {@code decoupledDecay: true, weightDecay: 1e-4}.
 */
final class NAdam implements UpdateRule {
  private static final Key<Double> MOMENTUM_DECAY =
      Key.number("momentumDecay", 0.004, Range.NOT_NEGATIVE, "how fast mu rises to beta1");
  private static final Key<Boolean> MOMENTUM_SCHEDULE =
      Key.flag("momentumSchedule", true, "mu rises to beta1; otherwise it is beta1 throughout");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "nadam",
          "Adam that looks ahead along its momentum (Dozat 2016).",
          List.of(
              Adam.BETA1,
              Adam.BETA2,
              Adam.EPSILON,
              MOMENTUM_DECAY,
              MOMENTUM_SCHEDULE,
              WeightDecay.EITHER,
              WeightDecay.IS_DECOUPLED,
              WeightDecay.TIMES,
              WeightDecay.EXCLUDE),
          NAdam::new);

  static final Guide GUIDE =
      new Guide(
          "Dozat 2016, Incorporating Nesterov momentum into Adam",
          """
          m     = beta1 m + (1 - beta1) g
          v     = beta2 v + (1 - beta2) g^2
          d     = sqrt(v) / sqrt(1 - beta2^t) + epsilon
          w     = w - (rate (1 - mu(t)) / (1 - P(t)) g + rate mu(t+1) / (1 - P(t+1)) m) / d
          """,
          "What adam is for: it takes adam's step along the momentum that the next update "
              + "will have, as Nesterov's method does.",
          "0.002 (torch's default).",
          "As adam.");

  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final double momentumDecay;
  private final boolean momentumSchedule;
  private final WeightDecay weightDecay;
  private final double[] products;

  private NAdam(Options options) {
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2);
    this.epsilon = options.get(Adam.EPSILON).floatValue();
    this.momentumDecay = options.get(MOMENTUM_DECAY);
    this.momentumSchedule = options.get(MOMENTUM_SCHEDULE);
    this.weightDecay = WeightDecay.either(options, WeightDecay.IS_DECOUPLED);
    this.products = products();
  }

  /** P(0), P(1), ... as long as 1 - P differs from 1. */
  private double[] products() {
    var builder = java.util.stream.DoubleStream.builder();
    double product = 1;
    for (long t = 1; 1 - product != 1; t++) {
      builder.add(product);
      product *= mu(t);
    }
    return builder.build().toArray();
  }

  private double mu(long t) {
    return momentumSchedule ? beta1 * (1 - 0.5 * StrictMath.pow(0.96, t * momentumDecay)) : beta1;
  }

  private double product(long t) {
    return t < products.length ? products[(int) t] : 0;
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("m", "v");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    long t = update.number();
    double rate = update.learningRate();
    descend(
        chunk,
        (float) (rate * (1 - mu(t)) / (1 - product(t))),
        (float) (rate * mu(t + 1) / (1 - product(t + 1))),
        (float) (1 / Math.sqrt(update.biasCorrection(beta2))),
        weightDecay.l2(chunk.tensor()),
        weightDecay.besideStep(chunk.tensor(), update));
  }

  private void descend(
      ChunkState chunk,
      float gradientStep,
      float momentumStep,
      float scale,
      float l2,
      float decay) {
    int n = chunk.length();
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] v = chunk.state(1);
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float epsilon = this.epsilon;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      v[i] = keep2 * v[i] + take2 * (x * x);
      w[i] -=
          decay * w[i]
              + (gradientStep * x + momentumStep * m[i])
                  / ((float) Math.sqrt(v[i]) * scale + epsilon);
    }
  }
}
