package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * The label error rate of Graves et al. (2006): the edit distance between what the likeliest class
 * of each position spells (repetitions merged, blanks taken out) and the labels, over the number of
 * labels. Can exceed 1, where more is spelled than there are labels. Sums: weight times distance,
 * weight times labels.
 *
 * @param task how the labels are written
 */
record ErrorRate(Task.Spelling task) implements MeanMetric {
  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "label-error-rate",
          "edits between what is spelled and the labels, for each label: ctc",
          List.of(),
          options -> ErrorRate::choose);

  private static Metric choose(Task task, Shape output) {
    if (task instanceof Task.Spelling spelling) {
      return new ErrorRate(spelling);
    }
    throw MetricChoice.refuse(ENTRY.name(), "sequences of labels without alignment", task);
  }

  @Override
  public String name() {
    return ENTRY.name();
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
    int width = examples == 0 ? 0 : labels.length / weights.length;
    int lead = task.lengthFirst() ? 1 : 0;
    int[] spelled = new int[output.positions()];
    int[] wanted = new int[width];
    for (int e = 0; e < examples; e++) {
      if (weights[e] == 0) {
        continue;
      }
      int from = e * width;
      int time = task.lengthFirst() ? (int) labels[from] : output.positions();
      int length = 0;
      while (lead + length < width && labels[from + lead + length] >= 0) {
        wanted[length] = (int) labels[from + lead + length];
        length++;
      }
      int said = spell(predictions, e * output.positions(), time, output.channels(), spelled);
      sums[at] += (double) weights[e] * distance(spelled, said, wanted, length);
      sums[at + 1] += (double) weights[e] * length;
    }
  }

  /** How many labels the likeliest classes of the rows spell; they are put into the array. */
  private int spell(Buffer predictions, int firstRow, int time, int classes, int[] spelled) {
    int count = 0;
    int before = task.blank();
    for (int t = 0; t < time; t++) {
      int c = ClassRows.predicted(predictions, firstRow + t, classes);
      if (c != before && c != task.blank()) {
        spelled[count++] = c;
      }
      before = c;
    }
    return count;
  }

  /** Fewest insertions, deletions and replacements, Levenshtein (1966). */
  private static int distance(int[] a, int aLength, int[] b, int bLength) {
    int[] row = new int[bLength + 1];
    for (int j = 0; j <= bLength; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= aLength; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= bLength; j++) {
        int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[bLength];
  }
}
