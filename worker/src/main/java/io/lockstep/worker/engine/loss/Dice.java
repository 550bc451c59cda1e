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
 * 1 - N / D with N = 2 sum p y + s, D = sum p + sum y + s over a mask, the mean over masks; slope
 * (N - 2 y D) / D^2. Milletari et al. (2016), "V-Net", with sums in place of sums of squares; s
 * keeps it finite where a mask and its prediction are empty. Each channel of an image or of a
 * sequence is a mask; features are one mask together. From logits z, p = 1 / (1 + e^-z), whose
 * slope p (1 - p) is put in.
 *
 * @param scale what the predictions are
 * @param smoothing s, above 0
 */
public record Dice(Scale scale, double smoothing) implements ExampleLoss {
  private static final Key<Double> SMOOTHING =
      Key.number(
          "smoothing", 1.0, Range.POSITIVE, "added above and below, for masks that are empty");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "dice",
          "1 - overlap of masks, labels from 0 to 1: segmentation (Milletari et al. 2016)",
          List.of(CrossEntropy.FROM_LOGITS, SMOOTHING),
          options -> new Dice(CrossEntropy.scale(options), options.get(SMOOTHING)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = 1 - N / D, N = 2 sum p y + s, D = sum p + sum y + s, the mean over masks
          slope = (N - 2 y D) / D^2
          slope times p (1 - p) of logits, p = 1 / (1 + e^-z)
          """,
          "[0, 1]; p in [0, 1], or logits of any size; y in [0, 1]",
          "Segmentation: the overlap of masks, so that a small object counts as much as a large "
              + "background. Each channel of an image is a mask. Add binary-cross-entropy for a "
              + "smoother start.",
          Curve.over(0, 1).at(0, 0.5, 0.5).labels(1, 1, 0).named("one of three pixels"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    return output.size();
  }

  @Override
  public void check(Shape output, float[] labels, int from, int example) {
    LabelCheck.probabilities(name(), labels, from, output.size(), example);
  }

  @Override
  public double loss(Shape output, double[] x, double[] y, double[] gradient) {
    int masks = output.isFeatures() ? 1 : output.channels();
    double total = 0;
    for (int mask = 0; mask < masks; mask++) {
      double both = 0;
      double either = 0;
      for (int i = mask; i < x.length; i += masks) {
        double p = probability(x[i]);
        both += p * y[i];
        either += p + y[i];
      }
      double n = 2 * both + smoothing;
      double d = either + smoothing;
      total += 1 - n / d;
      for (int i = mask; i < x.length; i += masks) {
        double slope = (n - 2 * y[i] * d) / (d * d);
        gradient[i] =
            scale == Scale.LOGITS
                ? slope * Elementary.sigmoid(x[i]) * Elementary.sigmoid(-x[i]) / masks
                : slope / masks;
      }
    }
    return total / masks;
  }

  private double probability(double x) {
    return scale == Scale.LOGITS ? Elementary.sigmoid(x) : x;
  }

  @Override
  public void present(
      Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output) {
    if (scale == Scale.LOGITS) {
      kernel.map(new Sigmoid(), predictions, result, examples * output.size());
    } else {
      ExampleLoss.super.present(kernel, predictions, result, examples, output);
    }
  }

  @Override
  public Optional<Loss> fused(Activation last) {
    return scale == Scale.PROBABILITIES && last instanceof Sigmoid
        ? Optional.of(new Dice(Scale.LOGITS, smoothing))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.YesNo(scale);
  }
}
