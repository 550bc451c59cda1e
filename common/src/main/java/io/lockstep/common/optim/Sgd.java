package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Stochastic gradient descent (Robbins, Monro 1951), with momentum in the form of {@code
 * torch.optim.SGD}: the rate is outside the velocity.
 *
 * <pre>
 * g = g + weightDecay w
 * v = g                                   in update 1
 * v = momentum v + (1 - dampening) g      from update 2 on
 * d = g + momentum v                      with nesterov
 * d = v                                   without
 * w = w - rate d
 *
 * v = momentum v + (1 - dampening) rate g     with rateInsideVelocity
 * d = rate g + momentum v                     with nesterov; d = v without
 * w = w - d
 * w = w - (decay w + ...)                     with decoupledDecay, and g as it is ({@link WeightDecay})
 * </pre>
 *
 * Without momentum d = g, and no velocity is kept. The defaults are torch's and {@code
 * optax.sgd}'s. With {@code rateInsideVelocity} it is Sutskever et al. 2013, Keras and TensorFlow:
 * the same as long as the rate does not change. Decoupled decay makes it SGDW of Loshchilov and
 * Hutter 2019, Algorithm 1.
 *
 * <p>Nesterov's method is mostly written with the gradient taken ahead, at theta - rate momentum v:
 *
 * <pre>
 * v     = momentum v + gradient(theta - rate momentum v)
 * theta = theta - rate v
 * </pre>
 *
 * With w = theta - rate momentum v, the point ahead, as the parameters, both lines become the form
 * with {@code nesterov} above: the new w is theta - rate v' - rate momentum v' with theta = w +
 * rate momentum v and v' - momentum v = g, so w - rate (g + momentum v'). So gradients are taken
 * where the parameters are, and the parameters that are trained are the point ahead, as in torch
 * and optax. The two agree exactly while the rate is constant, and for v = 0 at the start.
 *
 * <p>The perceptron rule (Rosenblatt 1958) is this rule on the perceptron criterion, max(0, -y w
 * x): its gradient is -y x where the sign is wrong and 0 elsewhere, so w = w + rate y x for
 * mistakes.
 */
final class Sgd implements UpdateRule {
  private static final Key<Double> MOMENTUM =
      Key.number("momentum", 0, Range.FRACTION, "part of the velocity that a step keeps");
  private static final Key<Double> DAMPENING =
      Key.number("dampening", 0, Range.UNIT, "part of the gradient that the velocity leaves out");
  private static final Key<Boolean> NESTEROV =
      Key.flag("nesterov", false, "look ahead along the velocity");
  static final Key<Boolean> RATE_INSIDE_VELOCITY =
      Key.flag("rateInsideVelocity", false, "multiply by the rate before the velocity, not after");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "sgd",
          "Stochastic gradient descent, with momentum (Robbins, Monro 1951; Nesterov 1983).",
          List.of(
              MOMENTUM,
              DAMPENING,
              NESTEROV,
              RATE_INSIDE_VELOCITY,
              WeightDecay.EITHER,
              WeightDecay.IS_DECOUPLED,
              WeightDecay.TIMES,
              WeightDecay.EXCLUDE),
          Sgd::new);

  static final Guide GUIDE =
      new Guide(
          "Robbins, Monro 1951, A stochastic approximation method; momentum: Sutskever et "
              + "al. 2013, On the importance of initialization and momentum in deep learning",
          """
          g = g + weightDecay w
          v = g                                   in update 1
          v = momentum v + (1 - dampening) g      from update 2 on
          d = g + momentum v                      with nesterov
          d = v                                   without
          w = w - rate d
          """,
          "Convolutional networks, with momentum 0.9, a schedule and a tuned rate: it then "
              + "often generalises better than rules that adapt (Wilson et al. 2017). Least "
              + "memory: no state without momentum, one float a parameter with it.",
          "0.1 at batch 256, with momentum 0.9 and weightDecay 1e-4 (He et al. 2016, ResNet "
              + "on ImageNet); in proportion to the batch, after a warm-up, for larger ones (Goyal "
              + "et al. 2017).",
          "256 to 8192 on ImageNet (Goyal et al. 2017).");

  private final float momentum;
  private final float dampening;
  private final boolean nesterov;
  private final boolean rateInside;
  private final WeightDecay weightDecay;

  private Sgd(Options options) {
    this.momentum = options.get(MOMENTUM).floatValue();
    this.dampening = options.get(DAMPENING).floatValue();
    this.nesterov = options.get(NESTEROV);
    this.rateInside = options.get(RATE_INSIDE_VELOCITY);
    this.weightDecay = WeightDecay.either(options, WeightDecay.IS_DECOUPLED);
    if (nesterov && (momentum == 0 || dampening != 0)) {
      throw options.error(NESTEROV, "needs momentum above 0 and dampening 0");
    }
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return momentum == 0 ? List.of() : List.of("v");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    float rate = (float) update.learningRate();
    float l2 = weightDecay.l2(chunk.tensor());
    float decay = weightDecay.besideStep(chunk.tensor(), update);
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    int n = chunk.length();
    if (momentum == 0) {
      descend(n, w, g, rate, l2, decay);
      return;
    }
    float[] v = chunk.state(0);
    boolean first = update.number() == 1;
    float kept = first ? 0 : momentum;
    float added = (first ? 1 : 1 - dampening) * (rateInside ? rate : 1);
    float step = rateInside ? 1 : rate;
    if (nesterov) {
      nesterov(n, w, g, v, rate, step * momentum, l2, decay, kept, added);
    } else {
      velocity(n, w, g, v, step, l2, decay, kept, added);
    }
  }

  private static void descend(int n, float[] w, float[] g, float rate, float l2, float decay) {
    for (int i = 0; i < n; i++) {
      w[i] -= decay * w[i] + rate * (g[i] + l2 * w[i]);
    }
  }

  private static void velocity(
      int n,
      float[] w,
      float[] g,
      float[] v,
      float step,
      float l2,
      float decay,
      float kept,
      float added) {
    for (int i = 0; i < n; i++) {
      v[i] = kept * v[i] + added * (g[i] + l2 * w[i]);
      w[i] -= decay * w[i] + step * v[i];
    }
  }

  private static void nesterov(
      int n,
      float[] w,
      float[] g,
      float[] v,
      float rate,
      float ahead,
      float l2,
      float decay,
      float kept,
      float added) {
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      v[i] = kept * v[i] + added * x;
      w[i] -= decay * w[i] + (rate * x + ahead * v[i]);
    }
  }
}
