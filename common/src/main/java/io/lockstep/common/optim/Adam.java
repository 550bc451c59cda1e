package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Adam (Kingma, Ba 2015, "Adam: a method for stochastic optimization", Algorithm 1), in the form of
 * {@code torch.optim.Adam}; with {@code amsgrad} of Reddi, Kale, Kumar 2018, "On the convergence of
 * Adam and beyond", Algorithm 2.
 *
 * <pre>
 * g = g + weightDecay w
 * m = beta1 m + (1 - beta1) g
 * v = beta2 v + (1 - beta2) g^2
 * x = max(x, v)                                          with amsgrad
 * x = v                                                  without
 * w = w - rate / (1 - beta1^t)  m / (sqrt(x) / sqrt(1 - beta2^t) + epsilon)
 * </pre>
 *
 * The decay is the L2 term that goes through the moments; {@link AdamW} decouples it. The paper's
 * amsgrad has no bias correction, torch's has, and takes the maximum of v before it. Keras adds an
 * epsilon of 1e-7 in place of 1e-8.
 */
final class Adam implements UpdateRule {
  static final Key<Double> BETA1 =
      Key.number("beta1", 0.9, Range.FRACTION, "part of the first moment that a step keeps");
  static final Key<Double> BETA2 =
      Key.number("beta2", 0.999, Range.FRACTION, "part of the second moment that a step keeps");
  static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-8, Range.POSITIVE, "added to the root of the second moment");
  static final Key<Boolean> AMSGRAD =
      Key.flag("amsgrad", false, "divide by the largest second moment so far (Reddi 2018)");
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times w, added to the gradient (L2)");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adam",
          "Step divided by the root of the gradient's second moment (Kingma, Ba 2015).",
          List.of(BETA1, BETA2, EPSILON, WEIGHT_DECAY, AMSGRAD),
          Adam::new);

  static final Guide GUIDE =
      new Guide(
          "Kingma, Ba 2015, Adam: a method for stochastic optimization, arXiv 1412.6980; "
              + "amsgrad: Reddi, Kale, Kumar 2018, On the convergence of Adam and beyond",
          """
          g = g + weightDecay w
          m = beta1 m + (1 - beta1) g
          v = beta2 v + (1 - beta2) g^2
          w = w - rate / (1 - beta1^t)  m / (sqrt(x) / sqrt(1 - beta2^t) + epsilon)
          """,
          "Most networks, with its default settings and little tuning. With weight decay "
              + "take adamw.",
          "0.001 (the paper's default).",
          "128 (the paper's experiments).");

  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final float weightDecay;
  private final boolean amsgrad;

  private Adam(Options options) {
    this.beta1 = options.get(BETA1);
    this.beta2 = options.get(BETA2);
    this.epsilon = options.get(EPSILON).floatValue();
    this.weightDecay = options.get(WEIGHT_DECAY).floatValue();
    this.amsgrad = options.get(AMSGRAD);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return amsgrad ? List.of("m", "v", "vMax") : List.of("m", "v");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float step = (float) (update.learningRate() / update.biasCorrection(beta1));
    float scale = (float) (1 / Math.sqrt(update.biasCorrection(beta2)));
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] v = chunk.state(1);
    if (amsgrad) {
      float[] x = chunk.state(2);
      moments(chunk.length(), w, g, m, v);
      AdamW.maximum(chunk.length(), x, v);
      descend(chunk.length(), w, m, x, step, scale);
    } else {
      update(chunk.length(), w, g, m, v, step, scale);
    }
  }

  private void update(int n, float[] w, float[] g, float[] m, float[] v, float step, float scale) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float decay = weightDecay;
    float epsilon = this.epsilon;
    for (int i = 0; i < n; i++) {
      float d = g[i] + decay * w[i];
      m[i] = keep1 * m[i] + take1 * d;
      v[i] = keep2 * v[i] + take2 * (d * d);
      w[i] -= step * m[i] / ((float) Math.sqrt(v[i]) * scale + epsilon);
    }
  }

  private void moments(int n, float[] w, float[] g, float[] m, float[] v) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float decay = weightDecay;
    for (int i = 0; i < n; i++) {
      float d = g[i] + decay * w[i];
      m[i] = keep1 * m[i] + take1 * d;
      v[i] = keep2 * v[i] + take2 * (d * d);
    }
  }

  private void descend(int n, float[] w, float[] m, float[] x, float step, float scale) {
    float epsilon = this.epsilon;
    for (int i = 0; i < n; i++) {
      w[i] -= step * m[i] / ((float) Math.sqrt(x[i]) * scale + epsilon);
    }
  }
}
