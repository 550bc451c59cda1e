package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Task;
import java.util.Arrays;
import java.util.List;

/**
 * Of an anchor a, a positive p (the same) and a negative n (different): max(|a - p| - |a - n| +
 * margin, 0); slope, where it is above 0, by p (p - a) / |a - p|, by n (a - n) / |a - n|, by a
 * minus both. Weinberger and Saul (2009), in the form of Schroff et al. (2015), "FaceNet", by
 * distances in place of their squares. Where a distance is 0 its slope is taken as 0. There are no
 * labels.
 *
 * @param margin by how much the negative is to be farther, above 0
 */
public record Triplet(double margin) implements ExampleLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "triplet",
          "anchor, positive, negative: the negative farther by a margin; no labels (Schroff 2015)",
          List.of(Contrastive.MARGIN),
          options -> new Triplet(options.get(Contrastive.MARGIN)));

  static final Guide GUIDE =
      new Guide(
          """
          loss = max(|a - p| - |a - n| + margin, 0)
          slope by p = (p - a) / |a - p|, by n = (a - n) / |a - n|, by a minus both, where above 0
          """,
          "[0, inf); anchor, positive and negative embedding side by side; no labels",
          "Embeddings whose distances are to rank: faces, search. Easy triplets teach nothing: "
              + "choose hard ones. Outputs are three embeddings, brought together by concatenate.",
          Curve.over(0, 3).at(0, 0, 1).along(0, 1, 0).named("over |a - p|, |a - n| = 1"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    Embeddings.check(name(), output, 3);
    return 0;
  }

  @Override
  public double loss(Shape output, double[] x, double[] labels, double[] gradient) {
    int width = x.length / 3;
    double near = Embeddings.distance(x, 0, width, width);
    double far = Embeddings.distance(x, 0, 2 * width, width);
    double loss = Math.max(near - far + margin, 0);
    Arrays.fill(gradient, 0);
    if (loss > 0) {
      Embeddings.pull(x, 0, width, width, near == 0 ? 0 : 1 / near, gradient);
      Embeddings.pull(x, 0, 2 * width, width, far == 0 ? 0 : -1 / far, gradient);
    }
    return loss;
  }

  @Override
  public long piece(Shape output, double[] x, double[] labels) {
    int width = x.length / 3;
    double near = Embeddings.distance(x, 0, width, width);
    double far = Embeddings.distance(x, 0, 2 * width, width);
    return near - far + margin > 0 ? 1 : 0;
  }

  @Override
  public Task task() {
    return new Task.Triplets();
  }
}
