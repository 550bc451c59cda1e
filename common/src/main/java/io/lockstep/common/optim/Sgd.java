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
 * </pre>
 *
 * Without momentum d = g, and no velocity is kept. Sutskever et al. 2013 put the rate inside the
 * velocity, v = momentum v - rate g, w = w + v: the same as long as the rate does not change.
 */
final class Sgd implements UpdateRule {
  private static final Key<Double> MOMENTUM =
      Key.number("momentum", 0, Range.FRACTION, "part of the velocity that a step keeps");
  private static final Key<Double> DAMPENING =
      Key.number("dampening", 0, Range.UNIT, "part of the gradient that the velocity leaves out");
  private static final Key<Boolean> NESTEROV =
      Key.flag("nesterov", false, "look ahead along the velocity");
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times w, added to the gradient (L2)");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "sgd",
          "Stochastic gradient descent, with momentum (Robbins, Monro 1951; Nesterov 1983).",
          List.of(MOMENTUM, DAMPENING, NESTEROV, WEIGHT_DECAY),
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
  private final float weightDecay;

  private Sgd(Options options) {
    this.momentum = options.get(MOMENTUM).floatValue();
    this.dampening = options.get(DAMPENING).floatValue();
    this.nesterov = options.get(NESTEROV);
    this.weightDecay = options.get(WEIGHT_DECAY).floatValue();
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
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    int n = chunk.length();
    if (momentum == 0) {
      descend(n, w, g, rate, weightDecay);
      return;
    }
    float[] v = chunk.state(0);
    boolean first = update.number() == 1;
    float kept = first ? 0 : momentum;
    float added = first ? 1 : 1 - dampening;
    if (nesterov) {
      nesterov(n, w, g, v, rate, weightDecay, kept, added, momentum);
    } else {
      velocity(n, w, g, v, rate, weightDecay, kept, added);
    }
  }

  private static void descend(int n, float[] w, float[] g, float rate, float decay) {
    for (int i = 0; i < n; i++) {
      w[i] -= rate * (g[i] + decay * w[i]);
    }
  }

  private static void velocity(
      int n, float[] w, float[] g, float[] v, float rate, float decay, float kept, float added) {
    for (int i = 0; i < n; i++) {
      v[i] = kept * v[i] + added * (g[i] + decay * w[i]);
      w[i] -= rate * v[i];
    }
  }

  private static void nesterov(
      int n,
      float[] w,
      float[] g,
      float[] v,
      float rate,
      float decay,
      float kept,
      float added,
      float momentum) {
    for (int i = 0; i < n; i++) {
      float d = g[i] + decay * w[i];
      v[i] = kept * v[i] + added * d;
      w[i] -= rate * (d + momentum * v[i]);
    }
  }
}
