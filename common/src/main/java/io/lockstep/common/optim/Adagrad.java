package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.Arrays;
import java.util.List;

/**
 * Adagrad (Duchi, Hazan, Singer 2011, "Adaptive subgradient methods for online learning and
 * stochastic optimization", section 1.3, diagonal form), as {@code torch.optim.Adagrad}.
 *
 * <pre>
 * G    = initialAccumulator                              before update 1
 * g    = g + weightDecay w
 * G    = G + g^2
 * rate = rate / (1 + (t - 1) learningRateDecay)
 * w    = w - rate g / (sqrt(G) + epsilon)                epsilon outside the root, as torch
 * w    = w - rate g / sqrt(G + epsilon)                  with epsilonInsideRoot, as many texts
 * </pre>
 *
 * Torch: the defaults. Keras and {@code optax.adagrad}: {@code epsilonInsideRoot: true,
 * initialAccumulator: 0.1, epsilon: 1e-7}.
 */
final class Adagrad implements UpdateRule {
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-10, Range.POSITIVE, "added to the root of the sum of squares");
  private static final Key<Double> INITIAL_ACCUMULATOR =
      Key.number("initialAccumulator", 0, Range.NOT_NEGATIVE, "sum of squares at the start");
  private static final Key<Double> LEARNING_RATE_DECAY =
      Key.number("learningRateDecay", 0, Range.NOT_NEGATIVE, "how the rate falls with the updates");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "adagrad",
          "Step divided by the root of the sum of all squared gradients (Duchi 2011).",
          List.of(
              EPSILON,
              Denominator.EPSILON_INSIDE_ROOT,
              INITIAL_ACCUMULATOR,
              LEARNING_RATE_DECAY,
              WeightDecay.L2,
              WeightDecay.EXCLUDE),
          Adagrad::new);

  static final Guide GUIDE =
      new Guide(
          "Duchi, Hazan, Singer 2011, Adaptive subgradient methods for online learning and "
              + "stochastic optimization",
          """
          G    = G + g^2
          rate = rate / (1 + (t - 1) learningRateDecay)
          w    = w - rate g / (sqrt(G) + epsilon)                epsilon outside the root, as torch
          """,
          "Sparse features, such as words: a rare one still takes large steps when it comes. "
              + "The steps only ever shrink, so long runs of deep networks come to a stand.",
          "0.01 (torch's default).",
          "From single examples, as the paper's online methods.");

  private final float inside;
  private final float outside;
  private final float initialAccumulator;
  private final double learningRateDecay;
  private final WeightDecay weightDecay;

  private Adagrad(Options options) {
    float epsilon = options.get(EPSILON).floatValue();
    this.inside = options.get(Denominator.EPSILON_INSIDE_ROOT) ? epsilon : 0;
    this.outside = options.get(Denominator.EPSILON_INSIDE_ROOT) ? 0 : epsilon;
    this.initialAccumulator = options.get(INITIAL_ACCUMULATOR).floatValue();
    this.learningRateDecay = options.get(LEARNING_RATE_DECAY);
    this.weightDecay = WeightDecay.l2(options);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("squares");
  }

  @Override
  public void initialize(ChunkState chunk) {
    Arrays.fill(chunk.state(0), 0, chunk.length(), initialAccumulator);
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    double rate = update.learningRate() / (1 + (update.number() - 1) * learningRateDecay);
    descend(
        chunk.length(),
        chunk.parameters(),
        chunk.gradient(),
        chunk.state(0),
        (float) rate,
        weightDecay.l2(chunk.tensor()));
  }

  private void descend(int n, float[] w, float[] g, float[] squares, float rate, float l2) {
    float inside = this.inside;
    float outside = this.outside;
    for (int i = 0; i < n; i++) {
      float d = g[i] + l2 * w[i];
      squares[i] += d * d;
      w[i] -= rate * d / ((float) Math.sqrt(squares[i] + inside) + outside);
    }
  }
}
