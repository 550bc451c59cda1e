package io.lockstep.worker.engine;

import java.util.Arrays;

/** Brings labels from the form in which batches hold them to that which the loss takes. */
final class Labels {
  private final int given;
  private final int wanted;
  private final float[] rows;

  /**
   * @param given numbers of a label in a batch; 1 for a class
   * @param wanted numbers that the loss takes; where it is another, a row with 1 at the class
   */
  Labels(int given, int wanted, int maxExamples) {
    this.given = given;
    this.wanted = wanted;
    this.rows = new float[given == wanted ? 0 : Math.multiplyExact(maxExamples, wanted)];
  }

  /** The batch's labels, [examples, wanted]. */
  float[] of(SliceBatch batch) {
    if (given == wanted) {
      return batch.labels();
    }
    Arrays.fill(rows, 0, batch.examples() * wanted, 0);
    for (int i = 0; i < batch.examples(); i++) {
      float label = batch.labels()[i];
      if (!(label >= 0 && label < wanted && label == (int) label)) {
        throw new IllegalArgumentException(
            "a label must be a class from 0 to " + (wanted - 1) + ", got " + label);
      }
      rows[i * wanted + (int) label] = 1;
    }
    return rows;
  }
}
