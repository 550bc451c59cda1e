package io.lockstep.worker.engine.loss;

import io.lockstep.common.data.DataException;

/** The error about a label that a loss does not know. */
final class LabelCheck {
  private LabelCheck() {}

  /**
   * @param loss the loss's name
   * @param rule what a label must be
   * @param example its number in the slice
   */
  static DataException refuse(String loss, String rule, float label, int example) {
    return new DataException(
        loss
            + ": a label must be "
            + rule
            + ", got "
            + label
            + " (example "
            + example
            + " of the slice)");
  }

  /** Refuses numbers outside of [0, 1] among the labels from {@code from} on. */
  static void probabilities(String loss, float[] labels, int from, int width, int example) {
    for (int i = from; i < from + width; i++) {
      if (!(labels[i] >= 0 && labels[i] <= 1)) {
        throw refuse(loss, "a row of numbers from 0 to 1", labels[i], example);
      }
    }
  }

  /**
   * Refuses what is no class among the labels from {@code from} on; where there are several, -1 is
   * none.
   */
  static void classes(String loss, float[] labels, int from, int width, int classes, int example) {
    for (int i = from; i < from + width; i++) {
      float label = labels[i];
      boolean none = width > 1 && label == -1;
      if (!none && !(label >= 0 && label < classes && label == (int) label)) {
        String rule = "a class from 0 to " + (classes - 1);
        throw refuse(loss, width > 1 ? rule + ", or -1 for none" : rule, label, example);
      }
    }
  }

  /** How many of the labels from {@code from} on are none of the -1 that stand for no label. */
  static int labelled(float[] labels, int from, int width) {
    int count = 0;
    for (int i = from; i < from + width; i++) {
      count += labels[i] >= 0 ? 1 : 0;
    }
    return count;
  }
}
