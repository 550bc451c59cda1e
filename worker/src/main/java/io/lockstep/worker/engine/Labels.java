package io.lockstep.worker.engine;

import io.lockstep.worker.engine.kernel.Shape;
import java.util.Arrays;

/** Brings labels from the form in which batches hold them to that which the loss takes. */
final class Labels {
  private final int given;
  private final int wanted;
  private final Shape output;
  private final float[] rows;

  /**
   * @param given numbers of a label in a batch
   * @param wanted numbers that the loss takes; where there are more, rows with 1 at the classes
   * @param output what they are compared with; labels as large as an image come channel by channel
   */
  Labels(int given, int wanted, Shape output, int maxExamples) {
    this.given = given;
    this.wanted = wanted;
    this.output = output;
    this.rows = new float[liesAsGiven() ? 0 : Math.multiplyExact(maxExamples, wanted)];
  }

  private boolean liesAsGiven() {
    return given == wanted && (wanted != output.size() || output.liesAsWritten());
  }

  /** The batch's labels, [examples, wanted]. */
  float[] of(SliceBatch batch) {
    if (liesAsGiven()) {
      return batch.labels();
    }
    if (given == wanted) {
      channelsLast(batch);
      return rows;
    }
    classRows(batch);
    return rows;
  }

  private void classRows(SliceBatch batch) {
    int classes = wanted / given;
    Arrays.fill(rows, 0, batch.examples() * wanted, 0);
    for (int i = 0; i < batch.examples() * given; i++) {
      float label = batch.labels()[i];
      if (!(label >= 0 && label < classes && label == (int) label)) {
        throw new IllegalArgumentException(
            "a label must be a class from 0 to " + (classes - 1) + ", got " + label);
      }
      rows[i * classes + (int) label] = 1;
    }
  }

  private void channelsLast(SliceBatch batch) {
    int positions = output.positions();
    int channels = output.channels();
    for (int e = 0; e < batch.examples(); e++) {
      int from = e * wanted;
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < positions; p++) {
          rows[from + p * channels + c] = batch.labels()[from + c * positions + p];
        }
      }
    }
  }
}
