package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * RMSprop (Tieleman, Hinton 2012, lecture 6.5), as {@code torch.optim.RMSprop}; centered as in
 * Graves 2013, "Generating sequences with recurrent neural networks", equations 38 to 45.
 *
 * <pre>
 * g = g + weightDecay w
 * v = decay v + (1 - decay) g^2
 * a = decay a + (1 - decay) g                            with centered
 * x = |v - a^2|                                          with centered
 * x = v                                                  without
 * d = g / (sqrt(x) + epsilon)                            epsilon outside the root, as torch
 * d = g / sqrt(x + epsilon)                              with epsilonInsideRoot, as Graves
 * b = momentum b + d; d = b                              with momentum
 * w = w - rate d
 * </pre>
 *
 * v is never below a^2 but for rounding; torch takes the root of the rounded difference, which may
 * be NaN, here it is the root of its absolute value.
 */
final class RmsProp implements UpdateRule {
  private static final Key<Double> DECAY =
      Key.number("decay", 0.99, Range.FRACTION, "part of the averages that a step keeps");
  private static final Key<Double> MOMENTUM =
      Key.number("momentum", 0, Range.FRACTION, "part of the last step that a step keeps");
  private static final Key<Boolean> CENTERED =
      Key.flag("centered", false, "divide by the deviation, not the root mean square");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "rmsprop",
          "Step divided by a moving root mean square of the gradient (Tieleman, Hinton 2012).",
          List.of(
              DECAY,
              Adam.EPSILON,
              Adagrad.EPSILON_INSIDE_ROOT,
              MOMENTUM,
              CENTERED,
              Momentum.WEIGHT_DECAY),
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
  private final boolean centered;
  private final float weightDecay;

  private RmsProp(Options options) {
    float epsilon = options.get(Adam.EPSILON).floatValue();
    this.decay = options.get(DECAY);
    this.inside = options.get(Adagrad.EPSILON_INSIDE_ROOT) ? epsilon : 0;
    this.outside = options.get(Adagrad.EPSILON_INSIDE_ROOT) ? 0 : epsilon;
    this.momentum = options.get(MOMENTUM).floatValue();
    this.centered = options.get(CENTERED);
    this.weightDecay = options.get(Momentum.WEIGHT_DECAY).floatValue();
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    List<String> names = new java.util.ArrayList<>(List.of("v"));
    if (centered) {
      names.add("a");
    }
    if (momentum != 0) {
      names.add("b");
    }
    return names;
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float rate = (float) update.learningRate();
    int n = chunk.length();
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    if (centered) {
      directCentered(n, w, g, chunk.state(0), chunk.state(1));
    } else {
      direct(n, w, g, chunk.state(0));
    }
    if (momentum != 0) {
      descend(n, w, g, chunk.state(centered ? 2 : 1), momentum, rate);
    } else {
      descend(n, w, g, rate);
    }
  }

  /** Leaves the direction in g. */
  private void direct(int n, float[] w, float[] g, float[] v) {
    float keep = (float) decay;
    float take = (float) (1 - decay);
    float inside = this.inside;
    float outside = this.outside;
    float l2 = weightDecay;
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      v[i] = keep * v[i] + take * (x * x);
      g[i] = x / ((float) Math.sqrt(v[i] + inside) + outside);
    }
  }

  /** Leaves the direction in g. */
  private void directCentered(int n, float[] w, float[] g, float[] v, float[] a) {
    float keep = (float) decay;
    float take = (float) (1 - decay);
    float inside = this.inside;
    float outside = this.outside;
    float l2 = weightDecay;
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

  private static void descend(int n, float[] w, float[] d, float[] b, float momentum, float rate) {
    for (int i = 0; i < n; i++) {
      b[i] = momentum * b[i] + d[i];
      w[i] -= rate * b[i];
    }
  }
}
