package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Sigmoid;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Scale;
import io.lockstep.worker.engine.metric.Task;
import java.util.List;
import java.util.Optional;

/**
 * -(a y (1 - p)^g log p + (1 - a) (1 - y) p^g log(1 - p)), the mean over outputs; y in [0, 1], a
 * alpha, g gamma. Lin et al. (2017), "Focal loss for dense object detection", equation 5: what is
 * right already counts little, so that a rare class is not drowned.
 *
 * <p>From logits z, p = 1 / (1 + e^-z): slope a y (1 - p)^g (g p log p - (1 - p)) + (1 - a) (1 - y)
 * p^g (p - g (1 - p) log(1 - p)), without overflow or cancellation for any z. From probabilities
 * logarithms are not below -100 and divisors not below 1e-12, as in binary cross-entropy.
 *
 * @param scale what the predictions are
 * @param alpha weight of positives; that of negatives is 1 - alpha
 * @param gamma how far what is right is discounted; 0 for not at all
 */
public record Focal(Scale scale, double alpha, double gamma) implements ElementLoss {
  private static final double LEAST_LOG = -100;
  private static final double LEAST_DIVISOR = 1e-12;

  private static final Key<Double> ALPHA =
      Key.number(
          "alpha", 0.25, Range.FRACTION, "weight of positives; that of negatives is 1 - alpha");
  static final Key<Double> GAMMA =
      Key.number(
          "gamma", 2.0, Range.NOT_NEGATIVE, "how far what is right is discounted; 0 not at all");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "focal",
          "binary cross-entropy that counts what is right little: rare classes (Lin et al. 2017)",
          List.of(CrossEntropy.FROM_LOGITS, ALPHA, GAMMA),
          options ->
              new Focal(CrossEntropy.scale(options), options.get(ALPHA), options.get(GAMMA)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = -(a y (1 - p)^g ln p + (1 - a) (1 - y) p^g ln(1 - p)), the mean over outputs
          slope = a y (1 - p)^g (g p ln p - (1 - p)) + (1 - a) (1 - y) p^g (p - g (1 - p) ln(1 - p))
          of logits z, p = 1 / (1 + e^-z), a = alpha, g = gamma
          """,
          "[0, inf); p in [0, 1], or logits of any size; y in [0, 1]",
          "Yes or no where one of them is rare: what is right already counts little, so the many "
              + "easy ones do not drown the few hard ones. gamma 0 is weighted binary "
              + "cross-entropy.",
          Curve.over(-5, 5).labels(1).with("fromLogits", true).named("label 1, over the logit"),
          Curve.over(-5, 5).labels(0).with("fromLogits", true).named("label 0"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public void check(float label, int example) {
    if (!(label >= 0 && label <= 1)) {
      throw LabelCheck.refuse(name(), "0, 1 or a number between", label, example);
    }
  }

  @Override
  public double loss(double x, double y, int output) {
    boolean logits = scale == Scale.LOGITS;
    double p = logits ? Elementary.sigmoid(x) : x;
    double q = logits ? Elementary.sigmoid(-x) : 1 - x;
    double logP =
        logits ? -Elementary.softplus(-x) : Math.max(Elementary.log(Math.max(p, 0)), LEAST_LOG);
    double logQ =
        logits ? -Elementary.softplus(x) : Math.max(Elementary.log(Math.max(q, 0)), LEAST_LOG);
    return -(alpha * y * power(q, gamma) * logP + (1 - alpha) * (1 - y) * power(p, gamma) * logQ);
  }

  @Override
  public double slope(double x, double y, int output) {
    double positive = alpha * y;
    double negative = (1 - alpha) * (1 - y);
    if (scale == Scale.LOGITS) {
      double p = Elementary.sigmoid(x);
      double q = Elementary.sigmoid(-x);
      return positive * power(q, gamma) * (-gamma * p * Elementary.softplus(-x) - q)
          + negative * power(p, gamma) * (p + gamma * q * Elementary.softplus(x));
    }
    double p = Math.max(x, 0);
    double q = Math.max(1 - x, 0);
    double logP = Math.max(Elementary.log(p), LEAST_LOG);
    double logQ = Math.max(Elementary.log(q), LEAST_LOG);
    double byP = Math.max(p, LEAST_DIVISOR);
    double byQ = Math.max(q, LEAST_DIVISOR);
    return positive * power(q, gamma) * (gamma * logP / byQ - 1 / byP)
        + negative * power(p, gamma) * (1 / byQ - gamma * logQ / byP);
  }

  /** x^exponent for x in [0, 1]; 1 where the exponent is 0. */
  static double power(double x, double exponent) {
    if (exponent == 0) {
      return 1;
    }
    if (exponent == 2) {
      return x * x;
    }
    return x <= 0 ? 0 : Elementary.exp(exponent * Elementary.log(x));
  }

  @Override
  public void present(
      Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output) {
    if (scale == Scale.LOGITS) {
      kernel.map(new Sigmoid(), predictions, result, examples * output.size());
    } else {
      ElementLoss.super.present(kernel, predictions, result, examples, output);
    }
  }

  @Override
  public Optional<Loss> fused(Activation last) {
    return scale == Scale.PROBABILITIES && last instanceof Sigmoid
        ? Optional.of(new Focal(Scale.LOGITS, alpha, gamma))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.YesNo(scale);
  }
}
