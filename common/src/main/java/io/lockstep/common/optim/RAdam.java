package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * RAdam (Liu et al. 2020, "On the variance of the adaptive learning rate and beyond", Algorithm 2),
 * as {@code torch.optim.RAdam}.
 *
 * <pre>
 * g      = g + weightDecay w
 * m      = beta1 m + (1 - beta1) g
 * v      = beta2 v + (1 - beta2) g^2
 * rhoInf = 2 / (1 - beta2) - 1
 * rho    = rhoInf - 2 t beta2^t / (1 - beta2^t)
 * r      = sqrt((rho - 4) (rho - 2) rhoInf / ((rhoInf - 4) (rhoInf - 2) rho))
 * w      = w - rate / (1 - beta1^t)  m r sqrt(1 - beta2^t) / (sqrt(v) + epsilon)      rho above threshold
 * w      = w - rate / (1 - beta1^t)  m                                                otherwise
 * w      = w                                             otherwise, without unadaptedSteps
 * w      = w - (decay w + ...)                           with decoupledDecay, and g as it is
 * </pre>
 *
 * Torch: the defaults; its decoupled_weight_decay is {@code decoupledDecay}. {@code optax.radam}:
 * {@code epsilonBeforeCorrection: false}, which divides by sqrt(v / (1 - beta2^t)) + epsilon. The
 * paper: {@code threshold: 4}, and no epsilon; its authors' code has decoupled decay, and {@code
 * unadaptedSteps: false} where degenerated_to_sgd is off.
 */
final class RAdam implements UpdateRule {
  private static final Key<Double> THRESHOLD =
      Key.number(
          "threshold",
          5,
          Range.closed(4, Double.POSITIVE_INFINITY),
          "rho above which steps are divided by the second moment");
  private static final Key<Boolean> UNADAPTED_STEPS =
      Key.flag("unadaptedSteps", true, "until then steps go along m; otherwise there are none");
  private static final Key<Boolean> EPSILON_BEFORE_CORRECTION =
      Key.flag(
          Denominator.EPSILON_BEFORE_CORRECTION.name(),
          true,
          "add epsilon before bias correction, as torch");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "radam",
          "Adam that adapts only once its second moment can be trusted (Liu 2020).",
          List.of(
              Adam.BETA1,
              Adam.BETA2,
              Adam.EPSILON,
              EPSILON_BEFORE_CORRECTION,
              THRESHOLD,
              UNADAPTED_STEPS,
              WeightDecay.EITHER,
              WeightDecay.IS_DECOUPLED,
              WeightDecay.TIMES,
              WeightDecay.EXCLUDE),
          RAdam::new);

  static final Guide GUIDE =
      new Guide(
          "Liu et al. 2020, On the variance of the adaptive learning rate and beyond, arXiv "
              + "1908.03265",
          """
          m      = beta1 m + (1 - beta1) g
          v      = beta2 v + (1 - beta2) g^2
          rho    = rhoInf - 2 t beta2^t / (1 - beta2^t)
          w      = w - rate / (1 - beta1^t)  m r sqrt(1 - beta2^t) / (sqrt(v) + epsilon)      rho above threshold
          w      = w - rate / (1 - beta1^t)  m                                                otherwise
          """,
          "What adam is for, without a warm-up to tune: it does not divide by the second "
              + "moment before that has seen enough gradients.",
          "0.001 (torch's default).",
          "As adam.");

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final boolean epsilonBeforeCorrection;
  private final double threshold;
  private final boolean unadaptedSteps;
  private final WeightDecay weightDecay;

  private RAdam(Options options) {
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2);
    this.epsilon = options.get(Adam.EPSILON);
    this.epsilonBeforeCorrection = options.get(EPSILON_BEFORE_CORRECTION);
    this.threshold = options.get(THRESHOLD);
    this.unadaptedSteps = options.get(UNADAPTED_STEPS);
    this.weightDecay = WeightDecay.either(options, WeightDecay.IS_DECOUPLED);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("m", "v");
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    double correction2 = update.biasCorrection(beta2);
    double rhoInf = 2 / (1 - beta2) - 1;
    double rho = rhoInf - 2 * update.number() * (1 - correction2) / correction2;
    double step = update.learningRate() / update.biasCorrection(beta1);
    if (rho > threshold) {
      double r = Math.sqrt((rho - 4) * (rho - 2) * rhoInf / ((rhoInf - 4) * (rhoInf - 2) * rho));
      double root = Math.sqrt(correction2);
      double added = epsilonBeforeCorrection ? epsilon : epsilon * root;
      adapt(chunk, update, (float) (step * r * root), (float) added);
    } else {
      descend(chunk, update, unadaptedSteps ? (float) step : 0);
    }
  }

  private void adapt(ChunkState chunk, Update update, float step, float epsilon) {
    int n = chunk.length();
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] v = chunk.state(1);
    float l2 = weightDecay.l2(chunk.tensor());
    float decay = weightDecay.besideStep(chunk.tensor(), update);
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      v[i] = keep2 * v[i] + take2 * (x * x);
      w[i] -= decay * w[i] + step * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
    }
  }

  private void descend(ChunkState chunk, Update update, float step) {
    int n = chunk.length();
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] v = chunk.state(1);
    float l2 = weightDecay.l2(chunk.tensor());
    float decay = weightDecay.besideStep(chunk.tensor(), update);
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    for (int i = 0; i < n; i++) {
      float x = g[i] + l2 * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      v[i] = keep2 * v[i] + take2 * (x * x);
      w[i] -= decay * w[i] + step * m[i];
    }
  }
}
