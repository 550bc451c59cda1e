package io.lockstep.worker.engine;

/**
 * The examples of one slice on their way into an engine: made once, filled anew for each slice.
 * Whoever fills it sets {@link #examples} and as many rows of the arrays.
 */
public final class SliceBatch {
  private final int maxExamples;
  private final int inputSize;
  private final int labelWidth;
  private final float[] features;
  private final float[] labels;
  private final float[] weights;
  private int examples;

  /**
   * Weights are 1 until they are set.
   *
   * @param maxExamples most examples of a slice, at least 1
   * @param inputSize numbers of an example
   * @param labelWidth numbers of a label
   */
  public SliceBatch(int maxExamples, int inputSize, int labelWidth) {
    this.maxExamples = maxExamples;
    this.inputSize = inputSize;
    this.labelWidth = labelWidth;
    this.features = new float[Math.multiplyExact(maxExamples, inputSize)];
    this.labels = new float[Math.multiplyExact(maxExamples, labelWidth)];
    this.weights = new float[maxExamples];
    java.util.Arrays.fill(weights, 1);
  }

  /** [maxExamples, inputSize], images channel by channel; written by who fills the batch. */
  public float[] features() {
    return features;
  }

  /** [maxExamples, labelWidth]; written by who fills the batch. */
  public float[] labels() {
    return labels;
  }

  /** [maxExamples], 1 unless examples count differently; written by who fills the batch. */
  public float[] weights() {
    return weights;
  }

  /** How many rows are filled. */
  public int examples() {
    return examples;
  }

  /** Says how many rows are filled, from 0 to {@link #maxExamples}. */
  public void examples(int filled) {
    if (filled < 0 || filled > maxExamples) {
      throw new IllegalArgumentException(
          "examples must be in [0, " + maxExamples + "], got " + filled);
    }
    examples = filled;
  }

  /** Most examples of a slice. */
  public int maxExamples() {
    return maxExamples;
  }

  /** Numbers of an example. */
  public int inputSize() {
    return inputSize;
  }

  /** Numbers of a label. */
  public int labelWidth() {
    return labelWidth;
  }
}
