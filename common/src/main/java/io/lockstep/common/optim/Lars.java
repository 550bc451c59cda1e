package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * LARS (You, Gitman, Ginsburg 2017, "Large batch training of convolutional networks", Algorithm 1):
 * momentum, with a rate of its own for each tensor, in proportion to the tensor's length.
 *
 * <pre>
 * local = trustCoefficient |w| / (|g| + weightDecay |w| + epsilon)    over the tensor
 * local = trustCoefficient |w| / (|g + weightDecay w| + epsilon)      with normOfSum
 * local = 1                                                           where either norm is zero
 * local = min(local / rate, 1)                                        with clip
 * g     = local (g + weightDecay w)
 * v     = momentum v + rate g;  w = w - v                             the rate inside the velocity
 * v     = momentum v + g;       w = w - rate v                        without rateInsideVelocity
 * w     = w - (rate g + momentum v)                                   with nesterov, inside
 * w     = w - rate (g + momentum v)                                   with nesterov, outside
 * </pre>
 *
 * Tensors whose role is excluded have no decay and a local rate of 1. Which library is which:
 *
 * <ul>
 *   <li>The paper and TensorFlow's LARSOptimizer: the defaults, which exclude nothing; both are
 *       mostly run with {@code exclude: [bias, norm]}.
 *   <li>{@code optax.lars}: {@code normOfSum: true}, and {@code nesterov} as there.
 *   <li>NVIDIA Apex's LARC around {@code torch.optim.SGD}: {@code rateInsideVelocity: false,
 *       trustCoefficient: 0.02, epsilon: 1e-8, clip: true}; where a norm is zero it also leaves the
 *       decay out.
 * </ul>
 *
 * Norms are taken in double. With {@code normOfSum} the sum is kept in the gradient's place between
 * the round and the step.
 */
final class Lars implements UpdateRule {
  private static final Key<Double> MOMENTUM =
      Key.number("momentum", 0.9, Range.FRACTION, "part of the velocity that a step keeps");
  private static final Key<Double> TRUST_COEFFICIENT =
      Key.number("trustCoefficient", 0.001, Range.POSITIVE, "of the ratio of the norms");
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 0, Range.NOT_NEGATIVE, "added to the norm that divides");
  private static final Key<Boolean> NORM_OF_SUM =
      Key.flag("normOfSum", false, "divide by |g + wd w|, as optax, not by |g| + wd |w|");
  private static final Key<Boolean> CLIP =
      Key.flag("clip", false, "a local rate only ever lowers the rate, as LARC");
  private static final Key<Boolean> RATE_INSIDE_VELOCITY =
      Key.flag(
          Sgd.RATE_INSIDE_VELOCITY.name(),
          true,
          "multiply by the rate before the velocity, not after");
  private static final Key<Boolean> NESTEROV =
      Key.flag("nesterov", false, "look ahead along the velocity");
  private static final Key<List<String>> EXCLUDE =
      Key.texts(
          WeightDecay.EXCLUDE.name(),
          List.of(),
          WeightDecay.ROLES,
          "roles of tensors without decay, with a local rate of 1");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "lars",
          "Momentum with a rate for each tensor, for large batches (You 2017).",
          List.of(
              MOMENTUM,
              TRUST_COEFFICIENT,
              EPSILON,
              NORM_OF_SUM,
              CLIP,
              RATE_INSIDE_VELOCITY,
              NESTEROV,
              WeightDecay.L2,
              EXCLUDE),
          Lars::new);

  static final Guide GUIDE =
      new Guide(
          "You, Gitman, Ginsburg 2017, Large batch training of convolutional networks, arXiv "
              + "1708.03888",
          """
          local = trustCoefficient |w| / (|g| + weightDecay |w| + epsilon)    over the tensor
          g     = local (g + weightDecay w)
          v     = momentum v + rate g;  w = w - v                             the rate inside the velocity
          """,
          "Convolutional networks on batches of thousands, where sgd with momentum diverges in "
              + "the layers whose gradients are largest. Leave biases and norms out.",
          "In proportion to the root of the batch, after a warm-up; 10 to 30 at batch 8192 to "
              + "32768 (the paper and You et al. 2018, ResNet-50).",
          "4096 to 32768 (the paper and You et al. 2018, ImageNet).");

  private static final int PARAMETER_SQUARES = 0;
  private static final int GRADIENT_SQUARES = 1;

  private final float momentum;
  private final double trustCoefficient;
  private final double epsilon;
  private final boolean normOfSum;
  private final boolean clip;
  private final boolean rateInside;
  private final boolean nesterov;
  private final float weightDecay;
  private final List<String> exclude;

  private Lars(Options options) {
    this.momentum = options.get(MOMENTUM).floatValue();
    this.trustCoefficient = options.get(TRUST_COEFFICIENT);
    this.epsilon = options.get(EPSILON);
    this.normOfSum = options.get(NORM_OF_SUM);
    this.clip = options.get(CLIP);
    this.rateInside = options.get(RATE_INSIDE_VELOCITY);
    this.nesterov = options.get(NESTEROV);
    this.weightDecay = options.get(WeightDecay.L2).floatValue();
    this.exclude = options.get(EXCLUDE);
    if (nesterov && momentum == 0) {
      throw options.error(NESTEROV, "needs momentum above 0");
    }
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return momentum == 0 ? List.of() : List.of("v");
  }

  /** g and w for their norms. */
  @Override
  public int laterPassBytes() {
    return 2 * Float.BYTES;
  }

  @Override
  public int rounds() {
    return 1;
  }

  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    return adapts(tensor) ? 2 : 0;
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    if (!adapts(chunk.tensor())) {
      return;
    }
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    if (normOfSum) {
      decay(chunk.length(), w, g, weightDecay);
    }
    sums[PARAMETER_SQUARES] = ChunkSums.squares(w, chunk.length());
    sums[GRADIENT_SQUARES] = ChunkSums.squares(g, chunk.length());
  }

  private static void decay(int n, float[] w, float[] g, float weightDecay) {
    for (int i = 0; i < n; i++) {
      g[i] += weightDecay * w[i];
    }
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    double rate = update.learningRate();
    double local = adapts(chunk.tensor()) ? localRate(chunk, rate, totals) : 1;
    float l2 = adapts(chunk.tensor()) && !normOfSum ? weightDecay : 0;
    int n = chunk.length();
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float added = (float) (rateInside ? rate * local : local);
    float step = rateInside ? 1 : (float) rate;
    if (momentum == 0) {
      descend(n, w, g, l2, (float) (rate * local));
    } else if (nesterov) {
      nesterov(n, w, g, chunk.state(0), l2, added, (float) (rate * local), step * momentum);
    } else {
      descend(n, w, g, chunk.state(0), l2, added, step);
    }
  }

  private double localRate(ChunkState chunk, double rate, Totals totals) {
    double parameterNorm = Math.sqrt(totals.tensor(chunk, 0, PARAMETER_SQUARES));
    double gradientNorm = Math.sqrt(totals.tensor(chunk, 0, GRADIENT_SQUARES));
    if (parameterNorm == 0 || gradientNorm == 0) {
      return 1;
    }
    double decayNorm = normOfSum ? 0 : weightDecay * parameterNorm;
    double local = trustCoefficient * parameterNorm / (gradientNorm + decayNorm + epsilon);
    return clip ? Math.min(local / rate, 1) : local;
  }

  private static void descend(int n, float[] w, float[] g, float l2, float step) {
    for (int i = 0; i < n; i++) {
      w[i] -= step * (g[i] + l2 * w[i]);
    }
  }

  private void descend(int n, float[] w, float[] g, float[] v, float l2, float added, float step) {
    float keep = momentum;
    for (int i = 0; i < n; i++) {
      v[i] = keep * v[i] + added * (g[i] + l2 * w[i]);
      w[i] -= step * v[i];
    }
  }

  private void nesterov(
      int n,
      float[] w,
      float[] g,
      float[] v,
      float l2,
      float added,
      float gradientStep,
      float velocityStep) {
    float keep = momentum;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      v[i] = keep * v[i] + added * x;
      w[i] -= gradientStep * x + velocityStep * v[i];
    }
  }

  private boolean adapts(TensorSpec tensor) {
    return !exclude.contains(tensor.role().key());
  }
}
