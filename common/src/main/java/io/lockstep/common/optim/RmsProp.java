package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * RMSprop (Tieleman, Hinton 2012, lecture 6.5), as {@code torch.optim.RMSprop}; centered as in
 * Graves 2013, "Generating sequences with recurrent neural networks", equations 38 to 45.
 *
 * <pre>
 * v = initialAccumulator                                 before update 1
 * g = g + weightDecay w
 * v = decay v + (1 - decay) g^2
 * a = decay a + (1 - decay) g                            with centered
 * x = |v - a^2|                                          with centered
 * x = v                                                  without
 * d = g / (sqrt(x) + epsilon)                            epsilon outside the root, as torch
 * d = g / sqrt(x + epsilon)                              with epsilonInsideRoot, as Graves
 * b = momentum b + d; d = b                              with momentum
 * w = w - rate d
 * b = momentum b + rate d; w = w - b                     with momentum and rateInsideVelocity
 * </pre>
 *
 * Torch: the defaults. {@code optax.rmsprop}: {@code decay: 0.9, epsilonInsideRoot: true,
 * rateInsideVelocity: true}; Keras the same with {@code epsilon: 1e-7}; TensorFlow 1 with {@code
 * epsilon: 1e-10, initialAccumulator: 1}.
 *
 * <p>v is never below a^2 but for rounding; torch takes the root of the rounded difference, which
 * may be NaN, here it is the root of its absolute value.
 */
final class RmsProp implements UpdateRule {
  private static final Key<Double> DECAY =
      Key.number("decay", 0.99, Range.FRACTION, "part of the averages that a step keeps");
  private static final Key<Double> MOMENTUM =
      Key.number("momentum", 0, Range.FRACTION, "part of the last step that a step keeps");
  private static final Key<Boolean> CENTERED =
      Key.flag("centered", false, "divide by the deviation, not the root mean square");
  private static final Key<Double> INITIAL_ACCUMULATOR =
      Key.number("initialAccumulator", 0, Range.NOT_NEGATIVE, "mean of squares at the start");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "rmsprop",
          "Step divided by a moving root mean square of the gradient (Tieleman, Hinton 2012).",
          List.of(
              DECAY,
              Adam.EPSILON,
              Denominator.EPSILON_INSIDE_ROOT,
              MOMENTUM,
              Sgd.RATE_INSIDE_VELOCITY,
              CENTERED,
              INITIAL_ACCUMULATOR,
              WeightDecay.L2,
              WeightDecay.EXCLUDE),
          RmsProp::new);

  static final Guide GUIDE =
      new Guide(
          "Tieleman, Hinton 2012, Neural networks for machine learning, lecture 6.5 "
              + "(course); centered: Graves 2013, Generating sequences with recurrent neural "
              + "networks, arXiv 1308.0850",
          """
          v = decay v + (1 - decay) g^2
          d = g / (sqrt(x) + epsilon)                            epsilon outside the root, as torch
          w = w - rate d
          """,
          "Recurrent networks and reinforcement learning, where gradients change their size "
              + "during a run; adam is this with momentum and bias correction.",
          "0.001 (Keras' default); 2.5e-4, centered, with momentum and decay 0.95 (Mnih et "
              + "al. 2015, Atari).",
          "32 (Mnih et al. 2015).");

  private final double decay;
  private final float inside;
  private final float outside;
  private final float momentum;
  private final boolean rateInside;
  private final boolean centered;
  private final float initialAccumulator;
  private final WeightDecay weightDecay;

  private RmsProp(Options options) {
    float epsilon = options.get(Adam.EPSILON).floatValue();
    this.decay = options.get(DECAY);
    this.inside = options.get(Denominator.EPSILON_INSIDE_ROOT) ? epsilon : 0;
    this.outside = options.get(Denominator.EPSILON_INSIDE_ROOT) ? 0 : epsilon;
    this.momentum = options.get(MOMENTUM).floatValue();
    this.rateInside = options.get(Sgd.RATE_INSIDE_VELOCITY);
    this.centered = options.get(CENTERED);
    this.initialAccumulator = options.get(INITIAL_ACCUMULATOR).floatValue();
    this.weightDecay = WeightDecay.l2(options);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    List<String> names = new ArrayList<>(List.of("v"));
    if (centered) {
      names.add("a");
    }
    if (momentum != 0) {
      names.add("b");
    }
    return names;
  }

  @Override
  public void initialize(ChunkState chunk) {
    Arrays.fill(chunk.state(0), 0, chunk.length(), initialAccumulator);
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float rate = (float) update.learningRate();
    float l2 = weightDecay.l2(chunk.tensor());
    int n = chunk.length();
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    if (centered) {
      directCentered(n, w, g, chunk.state(0), chunk.state(1), l2);
    } else {
      direct(n, w, g, chunk.state(0), l2);
    }
    if (momentum == 0) {
      descend(n, w, g, rate);
    } else {
      float[] b = chunk.state(centered ? 2 : 1);
      descend(n, w, g, b, momentum, rateInside ? rate : 1, rateInside ? 1 : rate);
    }
  }

  /** Leaves the direction in g. */
  private void direct(int n, float[] w, float[] g, float[] v, float l2) {
    float keep = (float) decay;
    float take = (float) (1 - decay);
    float inside = this.inside;
    float outside = this.outside;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      v[i] = keep * v[i] + take * (x * x);
      g[i] = x / ((float) Math.sqrt(v[i] + inside) + outside);
    }
  }

  /** Leaves the direction in g. */
  private void directCentered(int n, float[] w, float[] g, float[] v, float[] a, float l2) {
    float keep = (float) decay;
    float take = (float) (1 - decay);
    float inside = this.inside;
    float outside = this.outside;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      v[i] = keep * v[i] + take * (x * x);
      a[i] = keep * a[i] + take * x;
      g[i] = x / ((float) Math.sqrt(Math.abs(v[i] - a[i] * a[i]) + inside) + outside);
    }
  }

  private static void descend(int n, float[] w, float[] d, float rate) {
    for (int i = 0; i < n; i++) {
      w[i] -= rate * d[i];
    }
  }

  private static void descend(
      int n, float[] w, float[] d, float[] b, float momentum, float added, float step) {
    for (int i = 0; i < n; i++) {
      b[i] = momentum * b[i] + added * d[i];
      w[i] -= step * b[i];
    }
  }
}
