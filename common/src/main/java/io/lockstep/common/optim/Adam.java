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
 * w = w - rate m / (sqrt(x) + epsilon)                   without biasCorrection
 * </pre>
 *
 * Torch and optax: the defaults. Keras: {@code epsilonBeforeCorrection: true, epsilon: 1e-7};
 * {@link Denominator} has all places of epsilon. The paper's amsgrad is {@code biasCorrection:
 * false}; torch and Keras correct, and take the maximum before; optax takes it of the corrected v.
 * The decay is the L2 term that goes through the moments; {@link AdamW} decouples it.
 */
final class Adam implements UpdateRule {
  static final Key<Double> BETA1 =
      Key.number("beta1", 0.9, Range.FRACTION, "part of the first moment that a step keeps");
  static final Key<Double> BETA2 =
      Key.number("beta2", 0.999, Range.FRACTION, "part of the second moment that a step keeps");
  static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-8, Range.POSITIVE, "added to the root of the second moment");
  static final Key<Boolean> BIAS_CORRECTION =
      Key.flag("biasCorrection", true, "divide the moments by 1 - beta^t");
  static final Key<Boolean> AMSGRAD =
      Key.flag("amsgrad", false, "divide by the largest second moment so far (Reddi 2018)");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adam",
          "Step divided by the root of the gradient's second moment (Kingma, Ba 2015).",
          List.of(
              BETA1,
              BETA2,
              EPSILON,
              Denominator.EPSILON_INSIDE_ROOT,
              Denominator.EPSILON_BEFORE_CORRECTION,
              BIAS_CORRECTION,
              AMSGRAD,
              WeightDecay.L2,
              WeightDecay.EXCLUDE),
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
  private final Denominator.Form form;
  private final boolean biasCorrection;
  private final boolean amsgrad;
  private final WeightDecay weightDecay;

  private Adam(Options options) {
    this.beta1 = options.get(BETA1);
    this.beta2 = options.get(BETA2);
    this.form = Denominator.Form.of(options, EPSILON);
    this.biasCorrection = options.get(BIAS_CORRECTION);
    this.amsgrad = options.get(AMSGRAD);
    this.weightDecay = WeightDecay.l2(options);
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
    float l2 = weightDecay.l2(chunk.tensor());
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] v = chunk.state(1);
    if (amsgrad) {
      float[] x = chunk.state(2);
      moments(chunk.length(), w, g, m, v, l2);
      AdamW.maximum(chunk.length(), x, v);
      AdamW.descend(chunk.length(), w, m, x, step, denominator, 0);
    } else {
      update(chunk.length(), w, g, m, v, step, denominator, l2);
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
      float l2) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float scale = denominator.scale();
    float inside = denominator.inside();
    float factor = denominator.factor();
    float outside = denominator.outside();
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      v[i] = keep2 * v[i] + take2 * (x * x);
      w[i] -= step * m[i] / ((float) Math.sqrt(v[i] * scale + inside) * factor + outside);
    }
  }

  private void moments(int n, float[] w, float[] g, float[] m, float[] v, float l2) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      v[i] = keep2 * v[i] + take2 * (x * x);
    }
  }
}
