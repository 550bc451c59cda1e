package io.lockstep.worker.engine.loss;

/** The error about a label that a loss does not know. */
final class LabelCheck {
  private LabelCheck() {}

  /**
   * @param loss the loss's name
   * @param rule what a label must be
   * @param example its number in the slice
   */
  static IllegalArgumentException refuse(String loss, String rule, float label, int example) {
    return new IllegalArgumentException(
        loss
            + ": a label must be "
            + rule
            + ", got "
            + label
            + " (example "
            + example
            + " of the slice)");
  }
}
