package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;

/**
 * What a network decides, and what it should have decided: the class of each position, or yes (1)
 * or no (0) for each output, the channels then being problems of their own.
 *
 * @param task classes, or yes or no
 */
record Decisions(Task task) {
  /** Takes one decision. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes one.
     *
     * @param problem the channel where outputs say yes or no; 0 for classes
     */
    void take(int problem, int label, int predicted, double weight);
  }

  /** For a metric that judges decisions alone. */
  static Decisions of(String metric, Task task) {
    if (task instanceof Task.Classes || task instanceof Task.YesNo) {
      return new Decisions(task);
    }
    throw MetricChoice.refuse(metric, "classes, or yes or no", task);
  }

  /** How many decisions of a kind of its own are made at a position. */
  int problems(Shape output) {
    return task instanceof Task.YesNo ? output.channels() : 1;
  }

  /** Between how many classes each decides. */
  int classes(Shape output) {
    return task instanceof Task.YesNo ? 2 : output.channels();
  }

  /** All decisions of a slice, those without label or weight left out. */
  void forEach(
      Buffer predictions, float[] labels, float[] weights, int examples, Shape output, Sink sink) {
    int channels = output.channels();
    for (int row = 0; row < examples * output.positions(); row++) {
      double weight = weights[row / output.positions()];
      if (weight == 0) {
        continue;
      }
      if (task instanceof Task.Classes classes) {
        int label = ClassRows.labelled(classes.labels(), labels, row, channels);
        if (label >= 0) {
          sink.take(0, label, ClassRows.predicted(predictions, row, channels), weight);
        }
      } else {
        double threshold = ((Task.YesNo) task).threshold();
        for (int c = 0; c < channels; c++) {
          int i = row * channels + c;
          sink.take(c, labels[i] > 0.5f ? 1 : 0, predictions.get(i) > threshold ? 1 : 0, weight);
        }
      }
    }
  }
}
