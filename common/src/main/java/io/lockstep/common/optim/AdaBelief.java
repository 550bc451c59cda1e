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
 * </pre>
 *
 * The paper and its implementation use one epsilon for both; here each has a name.
 */
final class AdaBelief implements UpdateRule {
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-16, Range.POSITIVE, "added to the root of the variance");
  private static final Key<Double> VARIANCE_EPSILON =
      Key.number("varianceEpsilon", 1e-16, Range.NOT_NEGATIVE, "added to the variance each step");
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times rate times w, subtracted from w");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adabelief",
          "Adam by how far the gradient is from its average (Zhuang 2020).",
          List.of(Adam.BETA1, Adam.BETA2, EPSILON, VARIANCE_EPSILON, WEIGHT_DECAY),
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
  private final double weightDecay;

  private AdaBelief(Options options) {
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2);
    this.epsilon = options.get(EPSILON).floatValue();
    this.varianceEpsilon = options.get(VARIANCE_EPSILON).floatValue();
    this.weightDecay = options.get(WEIGHT_DECAY);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("m", "s");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    descend(
        chunk.length(),
        chunk.parameters(),
        chunk.gradient(),
        chunk.state(0),
        chunk.state(1),
        (float) (update.learningRate() / update.biasCorrection(beta1)),
        (float) (1 / Math.sqrt(update.biasCorrection(beta2))),
        (float) (update.learningRate() * weightDecay));
  }

  private void descend(
      int n, float[] w, float[] g, float[] m, float[] s, float step, float scale, float decay) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float epsilon = this.epsilon;
    float varianceEpsilon = this.varianceEpsilon;
    for (int i = 0; i < n; i++) {
      m[i] = keep1 * m[i] + take1 * g[i];
      float x = g[i] - m[i];
      s[i] = keep2 * s[i] + take2 * (x * x) + varianceEpsilon;
      w[i] -= decay * w[i] + step * m[i] / ((float) Math.sqrt(s[i]) * scale + epsilon);
    }
  }
}
