package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * How often a class was taken for which: the sum of weights in row y and column p is of the
 * positions whose label is class y and whose largest prediction is at class p. Where one output a
 * position says yes or no there are two classes, 0 no and 1 yes. Sums: the table, row by row.
 *
 * @param reader how label and prediction are read
 */
record ConfusionMatrix(Decisions reader) implements Metric {
  private static final int MOST_CLASSES = 128;

  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "confusion-matrix",
          "a row for each class as labelled, a column for each as predicted",
          List.of(),
          options -> ConfusionMatrix::choose);

  private static Metric choose(Task task, Shape output) {
    Decisions reader = Decisions.of(ENTRY.name(), task);
    if (reader.problems(output) != 1) {
      throw MetricChoice.refuse(ENTRY.name(), "one class a position", output);
    }
    if (reader.classes(output) > MOST_CLASSES) {
      throw MetricChoice.refuse(ENTRY.name(), "at most " + MOST_CLASSES + " classes", output);
    }
    return new ConfusionMatrix(reader);
  }

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int sums(Shape output) {
    return reader.classes(output) * reader.classes(output);
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
    int classes = reader.classes(output);
    reader.forEach(
        predictions,
        labels,
        weights,
        examples,
        output,
        (problem, label, predicted, weight) -> sums[at + label * classes + predicted] += weight);
  }

  @Override
  public MetricValue value(double[] sums, int at, Shape output) {
    int classes = reader.classes(output);
    List<List<Double>> rows = new ArrayList<>();
    for (int y = 0; y < classes; y++) {
      List<Double> row = new ArrayList<>();
      for (int p = 0; p < classes; p++) {
        row.add(sums[at + y * classes + p]);
      }
      rows.add(row);
    }
    return new MetricValue.Table(rows);
  }
}
