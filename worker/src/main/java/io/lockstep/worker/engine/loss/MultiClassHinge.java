package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Accuracy;
import io.lockstep.worker.engine.metric.Scale;
import io.lockstep.worker.engine.metric.Task;
import java.util.Arrays;
import java.util.List;

/**
 * Sum over the classes c other than the label's y of max(0, 1 - p_y + p_c), divided by the number
 * of classes, at each position; a label -1 of a sequence or an image is none. Weston and Watkins
 * (1999), divided as PyTorch's {@code multi_margin_loss} is.
 */
public record MultiClassHinge() implements ExampleLoss {
  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "multi-class-hinge",
          "every other class a margin of 1 below the label's, labels as class indices (Weston,"
              + " Watkins 1999)",
          List.of(),
          options -> new MultiClassHinge());

  static final Guide GUIDE =
      new Guide(
          """
          loss = sum over c other than y of max(0, 1 - p_y + p_c) / K
          slope by p_c = 1 / K where its term is above 0; by p_y minus the sum of those
          """,
          "[0, inf); p are any numbers; labels are classes from 0",
          "One of several classes with a margin: every other class is to be 1 below the label's. "
              + "Puts out margins, no probabilities.",
          Curve.over(-3, 3).at(0, 0, 0).labels(0).named("first of three, its class"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    if (output.channels() < 2) {
      throw new ConfigurationException(
          "loss multi-class-hinge must have an output for each of at least 2 classes, got "
              + output.channels()
              + "; for one output that says yes or no take hinge");
    }
    return output.positions();
  }

  @Override
  public void check(Shape output, float[] labels, int from, int example) {
    LabelCheck.classes(name(), labels, from, output.positions(), output.channels(), example);
  }

  @Override
  public double count(Shape output, float[] labels, int from) {
    return LabelCheck.labelled(labels, from, output.positions());
  }

  @Override
  public double loss(Shape output, double[] p, double[] labels, double[] gradient) {
    int classes = output.channels();
    Arrays.fill(gradient, 0);
    double total = 0;
    for (int position = 0; position < labels.length; position++) {
      if (labels[position] < 0) {
        continue;
      }
      int at = position * classes;
      int right = at + (int) labels[position];
      for (int i = at; i < at + classes; i++) {
        double missing = 1 - p[right] + p[i];
        if (i != right && missing > 0) {
          total += missing / classes;
          gradient[i] += 1.0 / classes;
          gradient[right] -= 1.0 / classes;
        }
      }
    }
    return total;
  }

  @Override
  public long piece(Shape output, double[] p, double[] labels) {
    int classes = output.channels();
    long hash = 0;
    for (int i = 0; i < p.length; i++) {
      double label = labels[i / classes];
      int right = i / classes * classes + (int) Math.max(label, 0);
      hash = 31 * hash + (1 - p[right] + p[i] > 0 ? 1 : 0);
    }
    return hash;
  }

  @Override
  public Task task() {
    return new Task.Classes(Accuracy.Labels.INDEX, Scale.LOGITS);
  }
}
