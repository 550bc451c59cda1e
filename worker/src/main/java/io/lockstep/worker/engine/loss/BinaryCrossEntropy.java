package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
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
 * -(c y log p + (1 - y) log(1 - p)), the mean over outputs; y in [0, 1], c the weight of positives.
 *
 * <p>From logits z, p = 1 / (1 + e^-z): (1 - y) log(1 + e^z) + c y log(1 + e^-z), slope (1 - y) p -
 * c y (1 - p): no overflow and no cancellation for any z. From probabilities: logarithms are not
 * below -100 and divisors not below 1e-12, as in PyTorch, so that p = 0 and p = 1 stay finite.
 */
public final class BinaryCrossEntropy implements ElementLoss {
  private static final double LEAST_LOG = -100;
  private static final double LEAST_DIVISOR = 1e-12;

  static final Key<Object> POSITIVE_WEIGHT =
      Key.any(
          "positiveWeight",
          "weight of positives: a number, or a list with one for each output; 1 without it");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "binary-cross-entropy",
          "yes or no for each output, from probabilities (sigmoid) or logits",
          List.of(CrossEntropy.FROM_LOGITS, POSITIVE_WEIGHT),
          options -> new BinaryCrossEntropy(CrossEntropy.scale(options), positiveWeight(options)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = -(c y ln p + (1 - y) ln(1 - p)), the mean over outputs, c the weight of positives
          slope = (p - y) / (p (1 - p)) for c = 1
          loss = (1 - y) ln(1 + e^z) + c y ln(1 + e^-z) of logits z, p = 1 / (1 + e^-z)
          slope = p - y of logits, for c = 1
          """,
          "[0, inf); p in [0, 1], or logits of any size; y in [0, 1]",
          "Yes or no, for one output or for several that do not exclude each other. "
              + "Logits keep more digits than probabilities; positiveWeight for rare positives.",
          Curve.over(-5, 5).labels(1).with("fromLogits", true).named("label 1, over the logit"),
          Curve.over(-5, 5).labels(0).with("fromLogits", true).named("label 0"));

  private final Scale scale;
  private final List<Double> positiveWeight;

  /**
   * @param scale what the predictions are
   * @param positiveWeight one for each output, or one for all
   */
  BinaryCrossEntropy(Scale scale, List<Double> positiveWeight) {
    this.scale = scale;
    this.positiveWeight = List.copyOf(positiveWeight);
  }

  private static List<Double> positiveWeight(Options options) {
    Object written = options.find(POSITIVE_WEIGHT);
    List<?> values =
        written == null ? List.of(1.0) : written instanceof List<?> l ? l : List.of(written);
    if (values.isEmpty()
        || !values.stream()
            .allMatch(
                v ->
                    v instanceof Number n
                        && n.doubleValue() > 0
                        && Double.isFinite(n.doubleValue()))) {
      throw options.error(POSITIVE_WEIGHT, "must be a number > 0, or a list of such numbers");
    }
    return values.stream().map(v -> ((Number) v).doubleValue()).toList();
  }

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    if (positiveWeight.size() != 1 && positiveWeight.size() != output.size()) {
      throw new ConfigurationException(
          "loss.positiveWeight must be one number, or one for each of the "
              + output.size()
              + " outputs, got "
              + positiveWeight);
    }
    return output.size();
  }

  @Override
  public void check(float label, int example) {
    if (!(label >= 0 && label <= 1)) {
      throw LabelCheck.refuse(name(), "0, 1 or a number between", label, example);
    }
  }

  private double positiveWeight(int output) {
    return positiveWeight.get(positiveWeight.size() == 1 ? 0 : output);
  }

  @Override
  public double loss(double prediction, double label, int output) {
    double positive = positiveWeight(output) * label;
    double negative = 1 - label;
    if (scale == Scale.LOGITS) {
      return negative * Elementary.softplus(prediction)
          + positive * Elementary.softplus(-prediction);
    }
    return -positive * Math.max(Elementary.log(prediction), LEAST_LOG)
        - negative * Math.max(Elementary.log(1 - prediction), LEAST_LOG);
  }

  @Override
  public double slope(double prediction, double label, int output) {
    double positive = positiveWeight(output) * label;
    double negative = 1 - label;
    if (scale == Scale.LOGITS) {
      return negative * Elementary.sigmoid(prediction) - positive * Elementary.sigmoid(-prediction);
    }
    return negative / Math.max(1 - prediction, LEAST_DIVISOR)
        - positive / Math.max(prediction, LEAST_DIVISOR);
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
        ? Optional.of(new BinaryCrossEntropy(Scale.LOGITS, positiveWeight))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.YesNo(scale);
  }
}
