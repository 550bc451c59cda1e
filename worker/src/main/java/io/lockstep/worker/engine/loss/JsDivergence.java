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
 * With m = (y + p) / 2, (KL(y || m) + KL(p || m)) / 2 by the natural logarithm at each position;
 * slope by log p p_c log(p_c / m_c) / 2. Lin (1991). Symmetric, from 0 to log 2 whatever y and p.
 *
 * @param scale what the predictions are
 */
public record JsDivergence(Scale scale) implements DistributionLoss {
  private static final double LN2 = 0.6931471805599453;

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "js-divergence",
          "Jensen-Shannon: symmetric, at most log 2, labels as rows of probabilities (Lin 1991)",
          List.of(CrossEntropy.FROM_LOGITS),
          options -> new JsDivergence(CrossEntropy.scale(options)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = (KL(y || m) + KL(p || m)) / 2, m = (y + p) / 2
          slope = ln(p_c / m_c) / 2
          slope = p_c (s_c - sum p s) of logits z, s the slope by p = softmax(z)
          """,
          "[0, ln 2]; p in [0, 1], or logits of any size; a row of labels sums to 1",
          "As kl-divergence, but bounded and symmetric: labels that may be wrong cannot drown "
              + "the rest. Flat, so slow, where p is far from y.",
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
      // p may have underflown, its logarithm has not
      double logM = y == 0 ? logP[c] - LN2 : Elementary.log(0.5 * (y + p[c]));
      slope[c] = 0.5 * p[c] * (logP[c] - logM);
      loss += slope[c];
      if (y != 0) {
        loss += 0.5 * y * (Elementary.log(y) - logM);
      }
    }
    return loss;
  }

  @Override
  public Optional<Loss> fused(Activation last) {
    return scale == Scale.PROBABILITIES && last instanceof Softmax
        ? Optional.of(new JsDivergence(Scale.LOGITS))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.Classes(Accuracy.Labels.ROW, scale);
  }
}
