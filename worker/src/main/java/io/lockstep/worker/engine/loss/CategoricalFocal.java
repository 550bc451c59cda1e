package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Softmax;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Accuracy;
import io.lockstep.worker.engine.metric.Scale;
import io.lockstep.worker.engine.metric.Task;
import java.util.List;
import java.util.Optional;

/**
 * Sum over classes c of -a_c y_c (1 - p_c)^g log p_c at each position, y the label as a row (1 at
 * its class where it is an index), a_c alpha, g gamma; slope by log p a_c y_c (g p_c (1 - p_c)^(g -
 * 1) log p_c - (1 - p_c)^g). Lin et al. (2017), equation 5, with a softmax in the sigmoid's place.
 * Alphas scale the loss; other than the class weights of cross-entropy they are not divided by.
 *
 * @param name in the configuration
 * @param labels how a class is written; a label -1 of a sequence or an image is none
 * @param scale what the predictions are
 * @param alpha one for each class; empty for 1 throughout
 * @param gamma how far what is right is discounted; 0 for not at all
 */
public record CategoricalFocal(
    String name, Accuracy.Labels labels, Scale scale, List<Double> alpha, double gamma)
    implements DistributionLoss {
  private static final Key<List<Double>> ALPHA =
      Key.numbers(
          "alpha", List.of(), Range.NOT_NEGATIVE, "weights, one for each class; all 1 without it");

  static final Registry.Entry<Loss> CATEGORICAL =
      entry(
          "categorical-focal",
          "cross-entropy that counts what is right little, labels as rows of probabilities",
          Accuracy.Labels.ROW);
  static final Registry.Entry<Loss> SPARSE =
      entry(
          "sparse-categorical-focal",
          "cross-entropy that counts what is right little, labels as class indices",
          Accuracy.Labels.INDEX);

  static final Guide CATEGORICAL_GUIDE =
      new Guide(
          """
          loss = - sum over classes c of a_c y_c (1 - p_c)^g ln p_c, a = alpha, g = gamma
          slope by ln p_c = a_c y_c (g p_c (1 - p_c)^(g - 1) ln p_c - (1 - p_c)^g)
          slope = h_c - p_c sum h of logits, h the slope by ln p, p = softmax(z)
          """,
          "[0, inf); p in [0, 1], or logits of any size; a row of labels sums to 1",
          "One of several classes of which some are rare: what is right already counts little. "
              + "gamma 0 is cross-entropy; alpha weighs classes.",
          Curve.over(-6, 6)
              .at(0, 0, 0)
              .labels(1, 0, 0)
              .with("fromLogits", true)
              .named("first of three logits, its class"));

  static final Guide SPARSE_GUIDE =
      new Guide(
          """
          loss = - sum over classes c of a_c y_c (1 - p_c)^g ln p_c, a = alpha, g = gamma
          slope by ln p_c = a_c y_c (g p_c (1 - p_c)^(g - 1) ln p_c - (1 - p_c)^g)
          slope = h_c - p_c sum h of logits, h the slope by ln p, p = softmax(z)
          """,
          "[0, inf); p in [0, 1], or logits of any size; labels are classes from 0",
          "One of several classes of which some are rare: what is right already counts little. "
              + "gamma 0 is cross-entropy; alpha weighs classes, as of pixels of a background.",
          Curve.over(-6, 6)
              .at(0, 0, 0)
              .labels(0)
              .with("fromLogits", true)
              .named("first of three logits, its class"));

  /** Copies the alphas. */
  public CategoricalFocal {
    alpha = List.copyOf(alpha);
  }

  private static Registry.Entry<Loss> entry(String name, String summary, Accuracy.Labels labels) {
    return new Registry.Entry<>(
        name,
        summary,
        List.of(CrossEntropy.FROM_LOGITS, ALPHA, Focal.GAMMA),
        options ->
            new CategoricalFocal(
                name,
                labels,
                CrossEntropy.scale(options),
                options.get(ALPHA),
                options.get(Focal.GAMMA)));
  }

  @Override
  public int labelWidth(Shape output) {
    int classes = classes(output);
    if (!alpha.isEmpty() && alpha.size() != classes) {
      throw new ConfigurationException(
          "loss.alpha must have a number for each of the " + classes + " classes, got " + alpha);
    }
    return labels == Accuracy.Labels.INDEX ? output.positions() : output.size();
  }

  @Override
  public void check(Shape output, float[] values, int from, int example) {
    int width = labelWidth(output);
    if (labels == Accuracy.Labels.ROW) {
      LabelCheck.probabilities(name, values, from, width, example);
    } else {
      LabelCheck.classes(name, values, from, width, output.channels(), example);
    }
  }

  @Override
  public double count(Shape output, float[] values, int from) {
    return labels == Accuracy.Labels.ROW
        ? output.positions()
        : LabelCheck.labelled(values, from, output.positions());
  }

  @Override
  public double loss(double[] logP, double[] p, double[] values, int position, double[] slope) {
    double loss = 0;
    for (int c = 0; c < p.length; c++) {
      double y =
          labels == Accuracy.Labels.ROW
              ? values[position * p.length + c]
              : values[position] == c ? 1 : 0;
      if (y == 0) {
        continue;
      }
      double weight = alpha.isEmpty() ? y : alpha.get(c) * y;
      double rest = scale == Scale.LOGITS ? others(p, c) : Math.max(1 - p[c], 0);
      double discount = Focal.power(rest, gamma);
      loss -= weight * discount * logP[c];
      // (1 - p)^(g - 1) log p, of which the limit at p = 1 is 0
      double bent = rest == 0 || gamma == 0 ? 0 : discount / rest * logP[c];
      slope[c] = weight * (gamma * p[c] * bent - discount);
    }
    return loss;
  }

  /** 1 - p_c without cancellation, where all sum to 1: the sum of the others. */
  private static double others(double[] p, int c) {
    double sum = 0;
    for (int other = 0; other < p.length; other++) {
      sum += other == c ? 0 : p[other];
    }
    return sum;
  }

  @Override
  public Optional<Loss> fused(Activation last) {
    return scale == Scale.PROBABILITIES && last instanceof Softmax
        ? Optional.of(new CategoricalFocal(name, labels, Scale.LOGITS, alpha, gamma))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.Classes(labels, scale);
  }
}
