package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Task;
import java.util.Arrays;
import java.util.List;

/**
 * Of a pair of embeddings a, b with the distance d = |a - b|: y d^2 + (1 - y) max(margin - d, 0)^2,
 * label y 1 for the same, 0 for different. Hadsell, Chopra and LeCun (2006), equation 4, without
 * its halves and with the label the other way round. Slope by a 2 y (a - b) - 2 (1 - y) max(margin
 * - d, 0) (a - b) / d, by b its negative; where d = 0 the pair has no direction and is not pushed.
 *
 * @param margin the distance from which different ones are let alone, above 0
 */
public record Contrastive(double margin) implements ExampleLoss {
  static final Key<Double> MARGIN =
      Key.number(
          "margin", 1.0, Range.POSITIVE, "how far apart is far enough, by Euclidean distance");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "contrastive",
          "pairs: the same near, different a margin apart; label 1 = same (Hadsell et al. 2006)",
          List.of(MARGIN),
          options -> new Contrastive(options.get(MARGIN)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = y d^2 + (1 - y) max(margin - d, 0)^2, d = |a - b|
          slope by a = 2 y (a - b) - 2 (1 - y) max(margin - d, 0) (a - b) / d, by b its negative
          """,
          "[0, inf); a pair of embeddings side by side; label 1 = same, 0 = different",
          "Siamese networks: pairs that are the same come near, others a margin apart. Outputs are "
              + "two embeddings, brought together by concatenate.",
          Curve.over(0, 2).at(0, 0).labels(1).named("same, over the distance"),
          Curve.over(0, 2).at(0, 0).labels(0).named("different"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    Embeddings.check(name(), output, 2);
    return 1;
  }

  @Override
  public void check(Shape output, float[] labels, int from, int example) {
    if (!(labels[from] >= 0 && labels[from] <= 1)) {
      throw LabelCheck.refuse(name(), "1 for the same, 0 for different", labels[from], example);
    }
  }

  @Override
  public double loss(Shape output, double[] x, double[] labels, double[] gradient) {
    int width = x.length / 2;
    double d = Embeddings.distance(x, 0, width, width);
    double same = labels[0];
    double missing = Math.max(margin - d, 0);
    double away = d == 0 ? 0 : missing / d;
    Arrays.fill(gradient, 0);
    Embeddings.pull(x, 0, width, width, 2 * (same - (1 - same) * away), gradient);
    return same * d * d + (1 - same) * missing * missing;
  }

  @Override
  public long piece(Shape output, double[] x, double[] labels) {
    return Embeddings.distance(x, 0, x.length / 2, x.length / 2) < margin ? 1 : 0;
  }

  @Override
  public Task task() {
    return new Task.Pairs(margin / 2);
  }
}
