package io.lockstep.common.optim;

import io.lockstep.common.config.Options;
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
 * w      = w - rate / (1 - beta1^t)  m r sqrt(1 - beta2^t) / (sqrt(v) + epsilon)      rho above 5
 * w      = w - rate / (1 - beta1^t)  m                                                otherwise
 * </pre>
 *
 * The paper's limit is 4 and it has no epsilon.
 */
final class RAdam implements UpdateRule {
  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "radam",
          "Adam that adapts only once its second moment can be trusted (Liu 2020).",
          List.of(Adam.BETA1, Adam.BETA2, Adam.EPSILON, Momentum.WEIGHT_DECAY),
          RAdam::new);

  static final Guide GUIDE =
      new Guide(
          "Liu et al. 2020, On the variance of the adaptive learning rate and beyond, arXiv "
              + "1908.03265",
          """
          m      = beta1 m + (1 - beta1) g
          v      = beta2 v + (1 - beta2) g^2
          rho    = rhoInf - 2 t beta2^t / (1 - beta2^t)
          w      = w - rate / (1 - beta1^t)  m r sqrt(1 - beta2^t) / (sqrt(v) + epsilon)      rho above 5
          w      = w - rate / (1 - beta1^t)  m                                                otherwise
          """,
          "What adam is for, without a warm-up to tune: it does not divide by the second "
              + "moment before that has seen enough gradients.",
          "0.001 (torch's default).",
          "As adam.");

  private final double beta1;
  private final double beta2;
  private final float epsilon;
  private final float weightDecay;

  private RAdam(Options options) {
    this.beta1 = options.get(Adam.BETA1);
    this.beta2 = options.get(Adam.BETA2);
    this.epsilon = options.get(Adam.EPSILON).floatValue();
    this.weightDecay = options.get(Momentum.WEIGHT_DECAY).floatValue();
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
    float[] w = chunk.parameters();
    float[] g = chunk.gradient();
    float[] m = chunk.state(0);
    float[] v = chunk.state(1);
    if (rho > 5) {
      double r = Math.sqrt((rho - 4) * (rho - 2) * rhoInf / ((rhoInf - 4) * (rhoInf - 2) * rho));
      adapt(chunk.length(), w, g, m, v, (float) (step * r * Math.sqrt(correction2)));
    } else {
      descend(chunk.length(), w, g, m, v, (float) step);
    }
  }

  private void adapt(int n, float[] w, float[] g, float[] m, float[] v, float step) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float epsilon = this.epsilon;
    float decay = weightDecay;
    for (int i = 0; i < n; i++) {
      float x = g[i] + decay * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      v[i] = keep2 * v[i] + take2 * (x * x);
      w[i] -= step * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
    }
  }

  private void descend(int n, float[] w, float[] g, float[] m, float[] v, float step) {
    float keep1 = (float) beta1;
    float take1 = (float) (1 - beta1);
    float keep2 = (float) beta2;
    float take2 = (float) (1 - beta2);
    float decay = weightDecay;
    for (int i = 0; i < n; i++) {
      float x = g[i] + decay * w[i];
      m[i] = keep1 * m[i] + take1 * x;
      v[i] = keep2 * v[i] + take2 * (x * x);
      w[i] -= step * m[i];
    }
  }
}
