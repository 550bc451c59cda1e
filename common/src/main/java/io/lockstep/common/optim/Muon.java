package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"), in the form
 * of {@code torch.optim.Muon}: the momentum of a matrix is brought near to an orthogonal matrix, so
 * that a step moves all its directions alike.
 *
 * <pre>
 * m = momentum m + (1 - momentum) g
 * u = (1 - momentum) g + momentum m        with nesterov
 * u = m                                    without
 * o = orthogonal(u)                        by Newton-Schulz, iterations times
 * w = w - (rate weightDecay w + rate adjust o)
 * </pre>
 *
 * adjust depends on the matrix' shape, [rows, columns] as it is stored:
 *
 * <pre>
 * original              sqrt(max(1, rows / columns))     torch's default
 * original-transposed   sqrt(max(1, columns / rows))
 * match-rms-adamw       0.2 sqrt(max(rows, columns))     Liu et al. 2025, so that AdamW's rate fits
 * </pre>
 *
 * torch stores the weights of a dense layer as [outputs, inputs], Lockstep as [inputs, outputs]:
 * {@code original-transposed} is here what {@code original} is for such a layer there.
 *
 * <p>A matrix is a tensor of rank 2; with {@code convolutions} also one of higher rank, flattened
 * to [first extent, the rest] as in Jordan's code. All other tensors follow {@code others}, at the
 * rate times {@code othersRate}. Jordan's code adds to its momentum the whole of g instead of its
 * part 1 - momentum, which makes u longer and does not turn it. Jordan and torch multiply in
 * bfloat16, this in float32. A matrix is one chunk on one server, whatever its size.
 */
final class Muon implements UpdateRule {
  private static final String ORIGINAL = "original";
  private static final String ORIGINAL_TRANSPOSED = "original-transposed";
  private static final String MATCH_RMS_ADAMW = "match-rms-adamw";

  private static final Key<Double> MOMENTUM =
      Key.number("momentum", 0.95, Range.FRACTION, "part of the momentum that a step keeps");
  private static final Key<Boolean> NESTEROV =
      Key.flag("nesterov", true, "look ahead along the momentum");
  private static final Key<Integer> ITERATIONS =
      Key.integer("iterations", 5, Range.closed(1, 100), "Newton-Schulz iterations");
  private static final Key<List<Double>> COEFFICIENTS =
      Key.numbers(
          "coefficients",
          List.of(3.4445, -4.7750, 2.0315),
          Range.FINITE,
          "[a, b, c] of the iterations' polynomial");
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-7, Range.POSITIVE, "the least norm that a matrix is divided by");
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0.1, Range.NOT_NEGATIVE, "times rate times w, subtracted from w");
  private static final Key<String> ADJUST =
      Key.choice(
          "adjustLearningRate",
          ORIGINAL,
          List.of(ORIGINAL, ORIGINAL_TRANSPOSED, MATCH_RMS_ADAMW),
          "how the rate follows a matrix' shape");
  private static final Key<Boolean> CONVOLUTIONS =
      Key.flag(
          "convolutions", false, "tensors of rank 3 and more are matrices [first extent, rest]");
  private static final Key<Options> OTHERS =
      Key.named(
          "others", "adamw", "the rule of the tensors that are no matrices; adamw without it");
  private static final Key<Double> OTHERS_RATE =
      Key.number("othersRate", 1, Range.POSITIVE, "times the rate, for the others");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "muon",
          "Orthogonal steps for matrices, another rule for the rest (Jordan 2024).",
          List.of(
              MOMENTUM,
              NESTEROV,
              ITERATIONS,
              COEFFICIENTS,
              EPSILON,
              WEIGHT_DECAY,
              ADJUST,
              CONVOLUTIONS,
              OTHERS,
              OTHERS_RATE),
          Muon::new);

  static final Guide GUIDE =
      new Guide(
          "Jordan et al. 2024, Muon: an optimizer for hidden layers in neural networks,"
              + " kellerjordan.github.io/posts/muon",
          """
          m = momentum m + (1 - momentum) g
          u = (1 - momentum) g + momentum m        with nesterov
          o = orthogonal(u)                        by Newton-Schulz, iterations times
          w = w - (rate weightDecay w + rate adjust o)
          """,
          "Hidden layers of networks with large matrices; embeddings and the last layer do better "
              + "with adamw. A step multiplies matrices at the server, 20 n^3 multiplications and "
              + "additions for one of [n, n].",
          "0.02 (Jordan et al. 2024); with adjustLearningRate match-rms-adamw that of adamw (Liu et "
              + "al. 2025).",
          "512 thousand tokens (Jordan et al. 2024) to 12 million (Liu et al. 2025).");

  private final float momentum;
  private final boolean nesterov;
  private final double weightDecay;
  private final String adjust;
  private final boolean convolutions;
  private final UpdateRule others;
  private final double othersRate;
  private final NewtonSchulz newtonSchulz;

  private Muon(Options options) {
    this.momentum = options.get(MOMENTUM).floatValue();
    this.nesterov = options.get(NESTEROV);
    this.weightDecay = options.get(WEIGHT_DECAY);
    this.adjust = options.get(ADJUST);
    this.convolutions = options.get(CONVOLUTIONS);
    this.others = Optimizers.REGISTRY.create(options.get(OTHERS));
    this.othersRate = options.get(OTHERS_RATE);
    List<Double> coefficients = options.get(COEFFICIENTS);
    if (coefficients.size() != 3) {
      throw options.error(COEFFICIENTS, "must be three numbers [a, b, c]");
    }
    this.newtonSchulz =
        new NewtonSchulz(
            options.get(ITERATIONS),
            coefficients.stream().mapToDouble(Double::doubleValue).toArray(),
            options.get(EPSILON));
  }

  private boolean isMatrix(TensorSpec tensor) {
    int rank = tensor.shape().size();
    return rank == 2 || (rank > 2 && convolutions);
  }

  private static int rows(TensorSpec matrix) {
    return matrix.shape().get(0);
  }

  private static int columns(TensorSpec matrix) {
    return matrix.size() / rows(matrix);
  }

  @Override
  public boolean whole(TensorSpec tensor) {
    return isMatrix(tensor) || others.whole(tensor);
  }

  @Override
  public long workspace(TensorSpec tensor) {
    return isMatrix(tensor)
        ? NewtonSchulz.workspace(rows(tensor), columns(tensor))
        : others.workspace(tensor);
  }

  @Override
  public UpdateRule ruleOf(TensorSpec tensor) {
    return isMatrix(tensor) ? this : others.ruleOf(tensor);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return isMatrix(tensor) ? List.of("m") : others.stateNames(tensor);
  }

  @Override
  public int stateLength(int array, TensorSpec tensor, Chunk chunk) {
    return isMatrix(tensor) ? chunk.length() : others.stateLength(array, tensor, chunk);
  }

  @Override
  public void initialize(ChunkState chunk) {
    if (!isMatrix(chunk.tensor())) {
      others.initialize(chunk);
    }
  }

  @Override
  public int rounds() {
    return others.rounds();
  }

  @Override
  public int sums(int round, TensorSpec tensor, int length) {
    return isMatrix(tensor) ? 0 : others.sums(round, tensor, length);
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    if (!isMatrix(chunk.tensor())) {
      others.round(round, chunk, ofOthers(update), totals, sums);
    }
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    if (!isMatrix(chunk.tensor())) {
      others.apply(chunk, ofOthers(update), totals);
      return;
    }
    int n = chunk.length();
    float[] u = chunk.gradient();
    if (nesterov) {
      lookAhead(n, u, chunk.state(0), momentum);
    } else {
      follow(n, u, chunk.state(0), momentum);
    }
    int rows = rows(chunk.tensor());
    int columns = columns(chunk.tensor());
    newtonSchulz.orthogonalize(rows, columns, u);
    double rate = update.learningRate();
    descend(
        n,
        chunk.parameters(),
        u,
        (float) (rate * adjustment(rows, columns)),
        (float) (rate * weightDecay));
  }

  @Override
  public boolean evaluatesAverage() {
    return others.evaluatesAverage();
  }

  @Override
  public void evaluation(ChunkState chunk, float[] target) {
    if (isMatrix(chunk.tensor())) {
      UpdateRule.super.evaluation(chunk, target);
    } else {
      others.evaluation(chunk, target);
    }
  }

  private Update ofOthers(Update update) {
    return update.times(othersRate);
  }

  private double adjustment(double rows, double columns) {
    return switch (adjust) {
      case ORIGINAL -> Math.sqrt(Math.max(1, rows / columns));
      case ORIGINAL_TRANSPOSED -> Math.sqrt(Math.max(1, columns / rows));
      default -> 0.2 * Math.sqrt(Math.max(rows, columns));
    };
  }

  private static void lookAhead(int n, float[] u, float[] m, float keep) {
    float take = 1 - keep;
    for (int i = 0; i < n; i++) {
      m[i] = keep * m[i] + take * u[i];
      u[i] = take * u[i] + keep * m[i];
    }
  }

  private static void follow(int n, float[] u, float[] m, float keep) {
    float take = 1 - keep;
    for (int i = 0; i < n; i++) {
      m[i] = keep * m[i] + take * u[i];
      u[i] = m[i];
    }
  }

  private static void descend(int n, float[] w, float[] o, float step, float decay) {
    for (int i = 0; i < n; i++) {
      w[i] -= decay * w[i] + step * o[i];
    }
  }
}
