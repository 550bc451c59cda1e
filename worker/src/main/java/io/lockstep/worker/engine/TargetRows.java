package io.lockstep.worker.engine;

import io.lockstep.common.data.DataException;
import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.Arrays;

/**
 * The labels of one term, [examples, wanted], as its loss takes them: cut out of the batch's, one
 * row a class where the loss takes rows, images channels last, or what the target layer puts out.
 * Belongs to one thread.
 */
final class TargetRows {
  private final Term term;
  private final Execution execution;
  private final int batchWidth;
  private final float[] rows;

  /**
   * @param batchWidth numbers of label that an example of a batch has
   */
  TargetRows(Term term, Execution execution, int batchWidth, int maxExamples) {
    this.term = term;
    this.execution = execution;
    this.batchWidth = batchWidth;
    this.rows = new float[asGiven() ? 0 : Math.multiplyExact(maxExamples, term.wanted())];
    if (term.target() instanceof Target.Value value) {
      Arrays.fill(rows, (float) value.number());
    }
  }

  /** Whether the batch's labels are those of this term as they lie. */
  private boolean asGiven() {
    return term.target() instanceof Target.Labels labels
        && labels.offset() == 0
        && labels.given() == term.wanted()
        && labels.given() == batchWidth
        && !isTurned();
  }

  /** Whether labels come channel by channel, and the output lies channels last. */
  private boolean isTurned() {
    return term.wanted() == term.shape().size() && !term.shape().liesAsWritten();
  }

  /** The rows, from element 0; not to be modified. */
  float[] of(SliceBatch batch, Mode mode) {
    if (asGiven()) {
      return batch.labels();
    }
    if (term.target() instanceof Target.Output output) {
      if (mode != Mode.DIFFERENCE) {
        execution.output(output.node()).read(0, rows, 0, batch.examples() * term.wanted());
      }
    } else if (term.target() instanceof Target.Labels labels) {
      for (int e = 0; e < batch.examples(); e++) {
        int from = e * batchWidth + labels.offset();
        if (labels.given() != term.wanted()) {
          classes(batch.labels(), from, e);
        } else if (isTurned()) {
          channelsLast(batch.labels(), from, e);
        } else {
          System.arraycopy(batch.labels(), from, rows, e * term.wanted(), term.wanted());
        }
      }
    }
    return rows;
  }

  /**
   * The inverse of {@link #of}, for one example.
   *
   * @param wanted labels as the term's loss takes them; not modified
   * @param labels receives them as a batch has them, from {@code at} on
   */
  static void give(Term term, Target.Labels run, float[] wanted, float[] labels, int at) {
    int positions = term.shape().positions();
    int channels = term.shape().channels();
    boolean classes = run.given() != term.wanted();
    boolean turned = term.wanted() == positions * channels && !term.shape().liesAsWritten();
    for (int i = 0; i < wanted.length; i++) {
      if (!classes) {
        labels[at + (turned ? i % channels * positions + i / channels : i)] = wanted[i];
      } else if (wanted[i] == 1) {
        labels[at + i / channels] = i % channels;
      }
    }
  }

  /** A row with 1 at the class for each position. */
  private void classes(float[] labels, int from, int example) {
    int classes = term.shape().channels();
    int to = example * term.wanted();
    Arrays.fill(rows, to, to + term.wanted(), 0);
    for (int p = 0; p < term.shape().positions(); p++) {
      float label = labels[from + p];
      if (!(label >= 0 && label < classes && label == (int) label)) {
        throw new DataException(
            "a label must be a class from 0 to " + (classes - 1) + ", got " + label);
      }
      rows[to + p * classes + (int) label] = 1;
    }
  }

  private void channelsLast(float[] labels, int from, int example) {
    Shape shape = term.shape();
    int positions = shape.positions();
    int channels = shape.channels();
    int to = example * term.wanted();
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < positions; p++) {
        rows[to + p * channels + c] = labels[from + c * positions + p];
      }
    }
  }
}
