package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Softmax;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Accuracy;
import io.lockstep.worker.engine.metric.Scale;
import io.lockstep.worker.engine.metric.Task;
import java.util.List;
import java.util.Optional;

/**
 * KL(y || p) = sum over c of y_c (log y_c - log p_c), 0 log 0 = 0, at each position; slope by log p
 * -y_c. Kullback and Leibler (1951). Labels are rows of probabilities; the loss differs from
 * categorical cross-entropy by the labels' own entropy, so it is 0 where p = y.
 *
 * @param scale what the predictions are
 */
public record KlDivergence(Scale scale) implements DistributionLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "kl-divergence",
          "sum of y log(y / p), labels as rows of probabilities (Kullback, Leibler 1951)",
          List.of(CrossEntropy.FROM_LOGITS),
          options -> new KlDivergence(CrossEntropy.scale(options)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = sum over classes c of y_c (ln y_c - ln p_c)
          slope = -y_c / p_c
          slope = p_c sum y - y_c of logits z, p = softmax(z)
          """,
          "[0, inf), 0 where p = y; p in [0, 1], or logits of any size; a row of labels sums to 1",
          "Labels that are distributions, such as a teacher's: the gradient is that of "
              + "categorical-cross-entropy, and the figure is 0 when nothing is left to learn.",
          Curve.over(-6, 6)
              .at(0, 0)
              .labels(0.8, 0.2)
              .with("fromLogits", true)
              .named("first of two logits, its label 0.8"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    return classes(output) * output.positions();
  }

  @Override
  public void check(Shape output, float[] labels, int from, int example) {
    LabelCheck.probabilities(name(), labels, from, labelWidth(output), example);
  }

  @Override
  public double loss(double[] logP, double[] p, double[] labels, int position, double[] slope) {
    double loss = 0;
    for (int c = 0; c < p.length; c++) {
      double y = labels[position * p.length + c];
      if (y != 0) {
        loss += y * (Elementary.log(y) - logP[c]);
      }
      slope[c] = -y;
    }
    return loss;
  }

  @Override
  public Optional<Loss> fused(Activation last) {
    return scale == Scale.PROBABILITIES && last instanceof Softmax
        ? Optional.of(new KlDivergence(Scale.LOGITS))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.Classes(Accuracy.Labels.ROW, scale);
  }
}
