package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Momentum as an exponential moving average of the gradient, v = 0 at the start: the form of many
 * courses (Ng 2017). {@link Sgd} has the form without the factor (1 - momentum).
 *
 * <pre>
 * g = g + weightDecay w
 * v = momentum v + (1 - momentum) g
 * w = w - rate v
 * w = w - rate / (1 - momentum^t)  v      with biasCorrection
 * </pre>
 *
 * {@code optax.ema} followed by the rate: its debias is {@code biasCorrection}, which many courses
 * name and leave out. It is also {@code torch.optim.SGD} with dampening equal to the momentum, but
 * for torch's first velocity, which is the whole gradient.
 */
final class Momentum implements UpdateRule {
  private static final Key<Double> MOMENTUM =
      Key.number("momentum", 0.9, Range.FRACTION, "part of the average that a step keeps");
  private static final Key<Boolean> BIAS_CORRECTION =
      Key.flag("biasCorrection", false, "divide the average by 1 - momentum^t");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "momentum",
          "Descent along a moving average of the gradient (Polyak 1964, as an average).",
          List.of(MOMENTUM, BIAS_CORRECTION, WeightDecay.L2, WeightDecay.EXCLUDE),
          Momentum::new);

  static final Guide GUIDE =
      new Guide(
          "Polyak 1964, Some methods of speeding up the convergence of iteration methods; as "
              + "an average: Ng 2017, Improving deep neural networks (course)",
          """
          g = g + weightDecay w
          v = momentum v + (1 - momentum) g
          w = w - rate v
          """,
          "What sgd with momentum is for, by those who know momentum as an average of "
              + "gradients. The steps are those of sgd with the same momentum and a rate of (1 - "
              + "momentum) times this one.",
          "sgd's over (1 - momentum): 1 in place of 0.1 at momentum 0.9.",
          "As sgd.");

  private final double momentum;
  private final boolean biasCorrection;
  private final WeightDecay weightDecay;

  private Momentum(Options options) {
    this.momentum = options.get(MOMENTUM);
    this.biasCorrection = options.get(BIAS_CORRECTION);
    this.weightDecay = WeightDecay.l2(options);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("v");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    double correction = biasCorrection ? update.biasCorrection(momentum) : 1;
    descend(
        chunk.length(),
        chunk.parameters(),
        chunk.gradient(),
        chunk.state(0),
        (float) (update.learningRate() / correction),
        weightDecay.l2(chunk.tensor()));
  }

  private void descend(int n, float[] w, float[] g, float[] v, float rate, float l2) {
    float keep = (float) momentum;
    float take = (float) (1 - momentum);
    for (int i = 0; i < n; i++) {
      v[i] = keep * v[i] + take * (g[i] + l2 * w[i]);
      w[i] -= rate * v[i];
    }
  }
}
