package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Adadelta (Zeiler 2012, "Adadelta: an adaptive learning rate method", Algorithm 1), as {@code
 * torch.optim.Adadelta}, which multiplies the step by a rate; the paper's is 1.
 *
 * <pre>
 * g = g + weightDecay w
 * v = decay v + (1 - decay) g^2
 * d = sqrt(u + epsilon) / sqrt(v + epsilon) g
 * u = decay u + (1 - decay) d^2
 * w = w - rate d
 * </pre>
 *
 * Torch, {@code optax.adadelta} and Keras have this form; Keras' decay is 0.95 and its epsilon
 * 1e-7.
 */
final class Adadelta implements UpdateRule {
  private static final Key<Double> DECAY =
      Key.number("decay", 0.9, Range.FRACTION, "part of both averages that a step keeps");
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-6, Range.POSITIVE, "added to both averages under their roots");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adadelta",
          "Steps in the parameters' own units, nearly without a rate (Zeiler 2012).",
          List.of(DECAY, EPSILON, WeightDecay.L2, WeightDecay.EXCLUDE),
          Adadelta::new);

  static final Guide GUIDE =
      new Guide(
          "Zeiler 2012, Adadelta: an adaptive learning rate method, arXiv 1212.5701",
          """
          v = decay v + (1 - decay) g^2
          d = sqrt(u + epsilon) / sqrt(v + epsilon) g
          u = decay u + (1 - decay) d^2
          w = w - rate d
          """,
          "When no rate is to be tuned. It begins slowly: the first steps have the size of "
              + "the root of epsilon.",
          "1 (the paper's method has no rate).",
          "100 (the paper's, MNIST).");

  private final double decay;
  private final float epsilon;
  private final WeightDecay weightDecay;

  private Adadelta(Options options) {
    this.decay = options.get(DECAY);
    this.epsilon = options.get(EPSILON).floatValue();
    this.weightDecay = WeightDecay.l2(options);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("v", "u");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    descend(
        chunk.length(),
        chunk.parameters(),
        chunk.gradient(),
        chunk.state(0),
        chunk.state(1),
        (float) update.learningRate(),
        weightDecay.l2(chunk.tensor()));
  }

  private void descend(int n, float[] w, float[] g, float[] v, float[] u, float rate, float l2) {
    float keep = (float) decay;
    float take = (float) (1 - decay);
    float epsilon = this.epsilon;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      v[i] = keep * v[i] + take * (x * x);
      float d = (float) Math.sqrt(u[i] + epsilon) / (float) Math.sqrt(v[i] + epsilon) * x;
      u[i] = keep * u[i] + take * (d * d);
      w[i] -= rate * d;
    }
  }
}
