package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * AdaBelief (Zhuang et al. 2020, "AdaBelief optimizer: adapting stepsizes by the belief in observed
 * gradients", Algorithm 2), with decoupled decay and without rectification.
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * s = beta2 s + (1 - beta2) (g - m)^2 + varianceEpsilon
 * w = w - (rate weightDecay w + rate / (1 - beta1^t)  m / (sqrt(s) / sqrt(1 - beta2^t) + epsilon))
 * g = g + weightDecay w                                  first, without decoupledDecay
 * </pre>
 *
 * The authors' adabelief-pytorch uses one epsilon for both; here each has a name, as in {@code
 * optax.adabelief} (eps and eps_root). Its weight_decouple is {@code decoupledDecay}, its
 * fixed_decay is {@code decayTimes: schedule} with a constant schedule, its amsgrad {@code
 * amsgrad}, which takes the maximum of s:
 *
 * <pre>
 * x = max(x, s)                                          divides in place of s, with amsgrad
 * </pre>
 */
final class AdaBelief implements UpdateRule {
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-16, Range.POSITIVE, "added to the root of the variance");
  private static final Key<Double> VARIANCE_EPSILON =
      Key.number("varianceEpsilon", 1e-16, Range.NOT_NEGATIVE, "added to the variance each step");
  private static final Key<Boolean> IS_DECOUPLED =
      Key.flag(
          WeightDecay.IS_DECOUPLED.name(), true, "take decay from w beside the step, not as L2");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adabelief",
          "Adam by how far the gradient is from its average (Zhuang 2020).",
          List.of(
              Adam.BETA1,
              Adam.BETA2,
              EPSILON,
              VARIANCE_EPSILON,
              Adam.AMSGRAD,
              WeightDecay.EITHER,
              IS_DECOUPLED,
              WeightDecay.TIMES,
              WeightDecay.EXCLUDE),
          AdaBelief::new);

  static final Guide GUIDE =
      new Guide(
          "Zhuang et al. 2020, AdaBelief optimizer: adapting stepsizes by the belief in "
              + "observed gradients, arXiv 2010.07468",
          """
          m = beta1 m + (1 - beta1) g
          s = beta2 s + (1 - beta2) (g - m)^2 + varianceEpsilon
          w = w - (rate weightDecay w + rate / (1 - beta1^t)  m / (sqrt(s) / sqrt(1 - beta2^t) + epsilon))
          """,
          "Networks that adam trains fast and sgd better: steps are long where the gradient "
              + "is what its average foretold, short where it is not.",
          "0.001 (the paper's, CIFAR-10).",
          "128 (the paper's, CIFAR-10).");

  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final float varianceEpsilon;
  private final boolean amsgrad;
  private final WeightDecay weightDecay;

  private AdaBelief(Options options) {
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2);
    this.epsilon = options.get(EPSILON).floatValue();
    this.varianceEpsilon = options.get(VARIANCE_EPSILON).floatValue();
    this.amsgrad = options.get(Adam.AMSGRAD);
    this.weightDecay = WeightDecay.either(options, IS_DECOUPLED);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return amsgrad ? List.of("m", "s", "sMax") : List.of("m", "s");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float step = (float) (update.learningRate() / update.biasCorrection(beta1));
    float factor = (float) (1 / Math.sqrt(update.biasCorrection(beta2)));
    float l2 = weightDecay.l2(chunk.tensor());
    float decay = weightDecay.besideStep(chunk.tensor(), update);
    float[] w = chunk.parameters();
    float[] m = chunk.state(0);
    float[] s = chunk.state(1);
    if (amsgrad) {
      moments(chunk.length(), w, chunk.gradient(), m, s, l2);
      AdamW.maximum(chunk.length(), chunk.state(2), s);
      Denominator denominator = new Denominator(1, 0, factor, epsilon);
      AdamW.descend(chunk.length(), w, m, chunk.state(2), step, denominator, decay);
    } else {
      update(chunk.length(), w, chunk.gradient(), m, s, step, factor, l2, decay);
    }
  }

  private void update(
      int n,
      float[] w,
      float[] g,
      float[] m,
      float[] s,
      float step,
      float factor,
      float l2,
      float decay) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float epsilon = this.epsilon;
    float varianceEpsilon = this.varianceEpsilon;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      float y = x - m[i];
      s[i] = keep2 * s[i] + take2 * (y * y) + varianceEpsilon;
      w[i] -= decay * w[i] + step * m[i] / ((float) Math.sqrt(s[i]) * factor + epsilon);
    }
  }

  private void moments(int n, float[] w, float[] g, float[] m, float[] s, float l2) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float varianceEpsilon = this.varianceEpsilon;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      float y = x - m[i];
      s[i] = keep2 * s[i] + take2 * (y * y) + varianceEpsilon;
    }
  }
}
