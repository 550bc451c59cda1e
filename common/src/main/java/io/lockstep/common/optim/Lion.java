package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms", Algorithm 2), in the
 * paper's order: the sign is of an interpolation with the old m.
 *
 * <pre>
 * c = beta1 m + (1 - beta1) g
 * w = w - rate (sign(c) + weightDecay w)
 * m = beta2 m + (1 - beta2) g
 *
 * m = beta2 m + (1 - beta2) g                            with momentumFirst, as some courses print
 * c = beta1 m + (1 - beta1) g
 * w = w - rate (sign(c) + weightDecay w)
 * </pre>
 *
 * The authors' code, {@code optax.lion} and Keras have the paper's order (optax a decay of 1e-3).
 * Decay as {@link WeightDecay}.
 *
 * <p>sign(c) is computed as c / (|c| + 2^-149), because {@code Math.signum} does not vectorise: it
 * is exactly 1, -1 or 0 for every float that is zero or at least 2^-125.
 */
final class Lion implements UpdateRule {
  private static final Key<Double> BETA1 =
      Key.number("beta1", 0.9, Range.FRACTION, "part of m in the direction");
  private static final Key<Double> BETA2 =
      Key.number("beta2", 0.99, Range.FRACTION, "part of m that a step keeps");
  private static final Key<Boolean> MOMENTUM_FIRST =
      Key.flag("momentumFirst", false, "take the sign with the new m, as some courses print");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "lion",
          "Steps of one size along the sign of the momentum (Chen 2023).",
          List.of(
              BETA1,
              BETA2,
              MOMENTUM_FIRST,
              WeightDecay.DECOUPLED,
              WeightDecay.TIMES,
              WeightDecay.EXCLUDE),
          Lion::new);

  static final Guide GUIDE =
      new Guide(
          "Chen et al. 2023, Symbolic discovery of optimization algorithms, arXiv 2302.06675",
          """
          c = beta1 m + (1 - beta1) g
          w = w - rate (sign(c) + weightDecay w)
          m = beta2 m + (1 - beta2) g
          """,
          "Large transformers for images, text and diffusion, with half of adamw's state.",
          "A third to a tenth of adamw's, with 3 to 10 times its weightDecay (the paper).",
          "64 and more; the larger, the more it gains on adamw (the paper).");

  private final double beta1;
  private final double beta2;
  private final boolean momentumFirst;
  private final WeightDecay weightDecay;

  private Lion(Options options) {
    this.beta1 = options.get(BETA1);
    this.beta2 = options.get(BETA2);
    this.momentumFirst = options.get(MOMENTUM_FIRST);
    this.weightDecay = WeightDecay.decoupled(options, WeightDecay.DECOUPLED);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("m");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float rate = (float) update.learningRate();
    float decay = weightDecay.besideStep(chunk.tensor(), update);
    if (momentumFirst) {
      descendMomentumFirst(chunk.length(), w, g, m, rate, decay);
    } else {
      descend(chunk.length(), w, g, m, rate, decay);
    }
  }

  /** m last: C2 does not vectorise a loop that needs an element's old value after its store. */
  private void descend(int n, float[] w, float[] g, float[] m, float rate, float decay) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    for (int i = 0; i < n; i++) {
      float c = keep1 * m[i] + take1 * g[i];
      w[i] -= decay * w[i] + rate * (c / (Math.abs(c) + Float.MIN_VALUE));
      m[i] = keep2 * m[i] + take2 * g[i];
    }
  }

  private void descendMomentumFirst(
      int n, float[] w, float[] g, float[] m, float rate, float decay) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    for (int i = 0; i < n; i++) {
      m[i] = keep2 * m[i] + take2 * g[i];
      float c = keep1 * m[i] + take1 * g[i];
      w[i] -= decay * w[i] + rate * (c / (Math.abs(c) + Float.MIN_VALUE));
    }
  }
}
