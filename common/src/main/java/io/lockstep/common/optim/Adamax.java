package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Adamax (Kingma, Ba 2015, "Adam: a method for stochastic optimization", Algorithm 2), as {@code
 * torch.optim.Adamax}.
 *
 * <pre>
 * g = g + weightDecay w
 * m = beta1 m + (1 - beta1) g
 * u = max(beta2 u, |g| + epsilon)
 * w = w - rate / (1 - beta1^t)  m / u
 *
 * u = max(beta2 u, |g|)                                  without epsilonInMaximum
 * w = w - rate / (1 - beta1^t)  m / (u + epsilon)
 * </pre>
 *
 * Torch and optax: the defaults. Keras: {@code epsilonInMaximum: false, epsilon: 1e-7}. The paper
 * has no epsilon; without it a gradient of zero in the first update divides by zero.
 */
final class Adamax implements UpdateRule {
  private static final Key<Boolean> EPSILON_IN_MAXIMUM =
      Key.flag("epsilonInMaximum", true, "add epsilon to |g|; otherwise to u where it divides");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adamax",
          "Adam with the largest gradient in place of the second moment (Kingma, Ba 2015).",
          List.of(
              Adam.BETA1,
              Adam.BETA2,
              Adam.EPSILON,
              EPSILON_IN_MAXIMUM,
              WeightDecay.L2,
              WeightDecay.EXCLUDE),
          Adamax::new);

  static final Guide GUIDE =
      new Guide(
          "Kingma, Ba 2015, Adam: a method for stochastic optimization, section 7.1, arXiv "
              + "1412.6980",
          """
          m = beta1 m + (1 - beta1) g
          u = max(beta2 u, |g| + epsilon)
          w = w - rate / (1 - beta1^t)  m / u
          """,
          "Where single gradients are far larger than the rest: divided by the largest of "
              + "late, no step is longer than the rate.",
          "0.002 (the paper's default).",
          "As adam.");

  private final double beta1;
  private final float beta2;
  private final float inMaximum;
  private final float inDenominator;
  private final WeightDecay weightDecay;

  private Adamax(Options options) {
    float epsilon = options.get(Adam.EPSILON).floatValue();
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2).floatValue();
    this.inMaximum = options.get(EPSILON_IN_MAXIMUM) ? epsilon : 0;
    this.inDenominator = options.get(EPSILON_IN_MAXIMUM) ? 0 : epsilon;
    this.weightDecay = WeightDecay.l2(options);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("m", "u");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float step = (float) (update.learningRate() / update.biasCorrection(beta1));
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] u = chunk.state(1);
    moments(chunk.length(), w, g, m, u, weightDecay.l2(chunk.tensor()));
    AdamW.maximum(chunk.length(), u, g);
    descend(chunk.length(), w, m, u, step, inDenominator);
  }

  /** Leaves |g| + epsilon in g and beta2 u in u; their maximum does not vectorise. */
  private void moments(int n, float[] w, float[] g, float[] m, float[] u, float l2) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = beta2;
    float epsilon = inMaximum;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      u[i] = keep2 * u[i];
      g[i] = Math.abs(x) + epsilon;
    }
  }

  private static void descend(int n, float[] w, float[] m, float[] u, float step, float epsilon) {
    for (int i = 0; i < n; i++) {
      w[i] -= step * m[i] / (u[i] + epsilon);
    }
  }
}
