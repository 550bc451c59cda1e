package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * LAMB (You et al. 2019, "Large batch optimization for deep learning: training BERT in 76 minutes",
 * Algorithm 2): Adam's direction, scaled for each tensor so that its length is in proportion to the
 * tensor's.
 *
 * <pre>
 * g     = g / |all gradients|                     with preNormalize; a zero norm divides nothing
 * m     = beta1 m + (1 - beta1) g
 * v     = beta2 v + (1 - beta2) g^2
 * u     = (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay w
 *         without biasCorrection m and v stand for themselves
 * ratio = |w| / |u|                               over the tensor; 1 where either norm is zero
 * ratio = min(max(ratio, low), high)              with trustBounds [low, high]
 * w     = w - rate ratio u
 * </pre>
 *
 * Tensors whose role is excluded have no decay and a ratio of 1. The paper bounds |w| by a function
 * phi; the bounds here are those of the ratio, as in most implementations. {@code preNormalize} is
 * the NVLAMB form (NVIDIA 2019), which Apex has as {@code FusedLAMB}. Norms are taken in double; u
 * is kept in the gradient's place between the round and the step.
 */
final class Lamb implements UpdateRule {
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-6, Range.POSITIVE, "added to the root of the second moment");
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0.01, Range.NOT_NEGATIVE, "times w, added to the direction");
  private static final Key<List<String>> EXCLUDE =
      Key.texts(
          "exclude",
          List.of(Role.BIAS.key(), Role.NORM.key()),
          WeightDecay.ROLES,
          "roles of tensors without decay, with a trust ratio of 1");
  private static final Key<List<Double>> TRUST_BOUNDS =
      Key.numbers(
          "trustBounds", List.of(), Range.NOT_NEGATIVE, "[low, high] of the ratio; [] for none");
  private static final Key<Boolean> PRE_NORMALIZE =
      Key.flag("preNormalize", false, "divide the gradient by the norm of all first (NVLAMB)");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "lamb",
          "Adam's direction with a trust ratio for each tensor, for large batches (You 2019).",
          List.of(
              Adam.BETA1,
              Adam.BETA2,
              EPSILON,
              WEIGHT_DECAY,
              EXCLUDE,
              TRUST_BOUNDS,
              Adam.BIAS_CORRECTION,
              PRE_NORMALIZE),
          Lamb::new);

  static final Guide GUIDE =
      new Guide(
          "You et al. 2020, Large batch optimization for deep learning: training BERT in 76 "
              + "minutes, arXiv 1904.00962",
          """
          m     = beta1 m + (1 - beta1) g
          v     = beta2 v + (1 - beta2) g^2
          u     = (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay w
          ratio = |w| / |u|                               over the tensor; 1 where either norm is zero
          w     = w - rate ratio u
          """,
          "Batches of thousands: every tensor moves in proportion to its own length, "
              + "whatever its gradient. Nado et al. 2021 reach the same by a tuned adam.",
          "0.005 at batch 32768 and with the root of the batch below, 6.25e-4 at 512, after "
              + "a warm-up (the paper's, BERT).",
          "512 to 32768 (the paper's, BERT).");

  private static final int PARAMETER_SQUARES = 0;
  private static final int DIRECTION_SQUARES = 1;

  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final float weightDecay;
  private final List<String> exclude;
  private final double low;
  private final double high;
  private final boolean biasCorrection;
  private final boolean preNormalize;

  private Lamb(Options options) {
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2);
    this.epsilon = options.get(EPSILON).floatValue();
    this.weightDecay = options.get(WEIGHT_DECAY).floatValue();
    this.exclude = options.get(EXCLUDE);
    this.biasCorrection = options.get(Adam.BIAS_CORRECTION);
    this.preNormalize = options.get(PRE_NORMALIZE);
    List<Double> bounds = options.get(TRUST_BOUNDS);
    if (!bounds.isEmpty() && (bounds.size() != 2 || bounds.get(0) > bounds.get(1))) {
      throw options.error(TRUST_BOUNDS, "must be [] or [low, high] with low <= high");
    }
    this.low = bounds.isEmpty() ? 0 : bounds.get(0);
    this.high = bounds.isEmpty() ? Double.POSITIVE_INFINITY : bounds.get(1);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("m", "v");
  }

  /** w for its norm; then u and w read, w written. */
  @Override
  public int laterPassBytes() {
    return 4 * Float.BYTES;
  }

  @Override
  public int rounds() {
    return preNormalize ? 2 : 1;
  }

  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    if (round < directionRound()) {
      return 1;
    }
    return adapts(tensor) ? 2 : 0;
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    if (round < directionRound()) {
      sums[0] = ChunkSums.squares(chunk.gradient(), chunk.length());
    } else {
      direct(chunk, update, totals, sums);
    }
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float step = (float) (update.learningRate() * trustRatio(chunk, totals));
    descend(chunk.length(), chunk.parameters(), chunk.gradient(), step);
  }

  /** Moments and direction, block by block, so that the sums find both in the cache. */
  private void direct(ChunkState chunk, Update update, Totals totals, double[] sums) {
    float[] w = chunk.parameters();
    float[] u = chunk.gradient();
    boolean adapts = adapts(chunk.tensor());
    float inverseNorm = inverseNorm(chunk, totals);
    double correction1 = biasCorrection ? update.biasCorrection(beta1) : 1;
    double correction2 = biasCorrection ? update.biasCorrection(beta2) : 1;
    float scale1 = (float) (1 / correction1);
    float scale2 = (float) (1 / Math.sqrt(correction2));
    float decay = adapts ? weightDecay : 0;
    double parameterSquares = 0;
    double directionSquares = 0;
    for (int from = 0; from < chunk.length(); from += ChunkSums.BLOCK) {
      int to = Math.min(from + ChunkSums.BLOCK, chunk.length());
      direct(from, to, w, u, chunk.state(0), chunk.state(1), inverseNorm, scale1, scale2, decay);
      if (adapts) {
        parameterSquares += ChunkSums.blockSquares(w, from, to);
        directionSquares += ChunkSums.blockSquares(u, from, to);
      }
    }
    if (adapts) {
      sums[PARAMETER_SQUARES] = parameterSquares;
      sums[DIRECTION_SQUARES] = directionSquares;
    }
  }

  private void direct(
      int from,
      int to,
      float[] w,
      float[] u,
      float[] m,
      float[] v,
      float inverseNorm,
      float scale1,
      float scale2,
      float decay) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float epsilon = this.epsilon;
    for (int i = from; i < to; i++) {
      float g = u[i] * inverseNorm;
      m[i] = keep1 * m[i] + take1 * g;
      v[i] = keep2 * v[i] + take2 * (g * g);
      u[i] = scale1 * m[i] / ((float) Math.sqrt(v[i]) * scale2 + epsilon) + decay * w[i];
    }
  }

  private static void descend(int n, float[] w, float[] u, float step) {
    for (int i = 0; i < n; i++) {
      w[i] -= step * u[i];
    }
  }

  private float inverseNorm(ChunkState chunk, Totals totals) {
    if (!preNormalize) {
      return 1;
    }
    double norm = Math.sqrt(totals.all(chunk, 0, 0));
    return norm == 0 ? 1 : (float) (1 / norm);
  }

  private double trustRatio(ChunkState chunk, Totals totals) {
    if (!adapts(chunk.tensor())) {
      return 1;
    }
    int round = directionRound();
    double parameterNorm = Math.sqrt(totals.tensor(chunk, round, PARAMETER_SQUARES));
    double directionNorm = Math.sqrt(totals.tensor(chunk, round, DIRECTION_SQUARES));
    double ratio = parameterNorm == 0 || directionNorm == 0 ? 1 : parameterNorm / directionNorm;
    return Math.min(Math.max(ratio, low), high);
  }

  private int directionRound() {
    return rounds() - 1;
  }

  private boolean adapts(TensorSpec tensor) {
    return !exclude.contains(tensor.role().key());
  }
}
