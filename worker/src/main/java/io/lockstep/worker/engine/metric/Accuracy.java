package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * The weighted share of positions whose largest prediction is at the label's class; of several
 * largest the first counts, a label that names no class does not. Sums: weight of the right ones,
 * weight of all.
 *
 * @param labels how the class is written
 */
public record Accuracy(Labels labels) implements MeanMetric {
  /** How a label names its class. */
  public enum Labels {
    /** One number a position: the class's index. */
    INDEX,
    /** A row a position, whose largest number is at the class. */
    ROW
  }

  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "accuracy", "share of what is right", List.of(), options -> Accuracy::choose);

  private static Metric choose(Task task, Shape output) {
    if (task instanceof Task.Classes classes) {
      return new Accuracy(classes.labels());
    }
    if (task instanceof Task.YesNo yesNo) {
      return new BinaryAccuracy(yesNo.threshold());
    }
    if (task instanceof Task.Pairs pairs) {
      return new PairAccuracy(pairs.threshold());
    }
    if (task instanceof Task.Triplets) {
      return new TripletAccuracy();
    }
    throw MetricChoice.refuse("accuracy", "classes, yes or no, or embeddings", task);
  }

  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public void add(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      double[] sums,
      int at) {
    int positions = output.positions();
    int classes = output.channels();
    for (int row = 0; row < examples * positions; row++) {
      double weight = weights[row / positions];
      if (weight == 0) {
        continue;
      }
      int label = ClassRows.labelled(this.labels, labels, row, classes);
      if (label >= 0) {
        sums[at] += ClassRows.predicted(predictions, row, classes) == label ? weight : 0;
        sums[at + 1] += weight;
      }
    }
  }
}
