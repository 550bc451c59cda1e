package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov, Hutter 2019, "Decoupled weight decay
 * regularization", Algorithm 2), in the form of {@code torch.optim.AdamW}: the decay is multiplied
 * by the rate of the step.
 *
 * <pre>
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g^2
 * x = max(x, v)                                          with amsgrad
 * x = v                                                  without
 * w = w - (rate weightDecay w + rate / (1 - beta1^t)  m / (sqrt(x) / sqrt(1 - beta2^t) + epsilon))
 * </pre>
 *
 * Torch, {@code optax.adamw} (decay 1e-4) and Keras (decay 0.004, {@code epsilonBeforeCorrection})
 * multiply the decay by the rate; the paper by the schedule alone, {@code decayTimes: schedule}
 * ({@link WeightDecay}). Without {@code biasCorrection} it is BERT's. Further options as {@link
 * Adam}.
 *
 * <p>torch multiplies w by (1 - rate weightDecay) first; in float32 that factor has lost most
 * digits of the product, so decay and step are subtracted at once here (8e-7 against 3.7e-6
 * relative after 300 steps).
 */
final class AdamW implements UpdateRule {
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0.01, Range.NOT_NEGATIVE, "times decayTimes times w, taken from w");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adamw",
          "Adam with weight decay beside the moments (Loshchilov, Hutter 2019).",
          List.of(
              Adam.BETA1,
              Adam.BETA2,
              Adam.EPSILON,
              Denominator.EPSILON_INSIDE_ROOT,
              Denominator.EPSILON_BEFORE_CORRECTION,
              Adam.BIAS_CORRECTION,
              Adam.AMSGRAD,
              WEIGHT_DECAY,
              WeightDecay.TIMES,
              WeightDecay.EXCLUDE),
          AdamW::new);

  static final Guide GUIDE =
      new Guide(
          "Loshchilov, Hutter 2019, Decoupled weight decay regularization, arXiv 1711.05101",
          """
          m = beta1 m + (1 - beta1) g
          v = beta2 v + (1 - beta2) g^2
          w = w - (rate weightDecay w + rate / (1 - beta1^t)  m / (sqrt(x) / sqrt(1 - beta2^t) + epsilon))
          """,
          "Transformers, and whatever is trained with weight decay: the usual first choice.",
          "0.001 (torch's default); 6e-4 for 125 million parameters down to 6e-5 for 175 "
              + "billion, with beta2 0.95, weightDecay 0.1, warm-up and cosine (Brown et al. 2020, "
              + "GPT-3).",
          "128 (the paper's, CIFAR-10) to 3.2 million tokens (Brown et al. 2020).");

  private final double beta1;
  private final double beta2;
  private final Denominator.Form form;
  private final boolean biasCorrection;
  private final boolean amsgrad;
  private final WeightDecay weightDecay;

  private AdamW(Options options) {
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2);
    this.form = Denominator.Form.of(options, Adam.EPSILON);
    this.biasCorrection = options.get(Adam.BIAS_CORRECTION);
    this.amsgrad = options.get(Adam.AMSGRAD);
    this.weightDecay = WeightDecay.decoupled(options, WEIGHT_DECAY);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return amsgrad ? List.of("m", "v", "vMax") : List.of("m", "v");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    double correction1 = biasCorrection ? update.biasCorrection(beta1) : 1;
    double correction2 = biasCorrection ? update.biasCorrection(beta2) : 1;
    float step = (float) (update.learningRate() / correction1);
    Denominator denominator = form.at(correction2);
    float decay = weightDecay.besideStep(chunk.tensor(), update);
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] v = chunk.state(1);
    if (amsgrad) {
      float[] x = chunk.state(2);
      moments(chunk.length(), g, m, v);
      maximum(chunk.length(), x, v);
      descend(chunk.length(), w, m, x, step, denominator, decay);
    } else {
      update(chunk.length(), w, g, m, v, step, denominator, decay);
    }
  }

  private void update(
      int n,
      float[] w,
      float[] g,
      float[] m,
      float[] v,
      float step,
      Denominator denominator,
      float decay) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float scale = denominator.scale();
    float inside = denominator.inside();
    float factor = denominator.factor();
    float outside = denominator.outside();
    for (int i = 0; i < n; i++) {
      m[i] = keep1 * m[i] + take1 * g[i];
      v[i] = keep2 * v[i] + take2 * (g[i] * g[i]);
      w[i] -=
          decay * w[i]
              + step * m[i] / ((float) Math.sqrt(v[i] * scale + inside) * factor + outside);
    }
  }

  private void moments(int n, float[] g, float[] m, float[] v) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    for (int i = 0; i < n; i++) {
      m[i] = keep1 * m[i] + take1 * g[i];
      v[i] = keep2 * v[i] + take2 * (g[i] * g[i]);
    }
  }

  /** x = max(x, v), in a loop of its own, because the maximum does not vectorise. */
  static void maximum(int n, float[] x, float[] v) {
    for (int i = 0; i < n; i++) {
      x[i] = Math.max(x[i], v[i]);
    }
  }

  /** w = w - (decay w + step m / denominator of x). */
  static void descend(
      int n, float[] w, float[] m, float[] x, float step, Denominator denominator, float decay) {
    float scale = denominator.scale();
    float inside = denominator.inside();
    float factor = denominator.factor();
    float outside = denominator.outside();
    for (int i = 0; i < n; i++) {
      w[i] -=
          decay * w[i]
              + step * m[i] / ((float) Math.sqrt(x[i] * scale + inside) * factor + outside);
    }
  }
}
