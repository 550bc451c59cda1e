package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.worker.engine.kernel.Shape;

/** Several embeddings of one example side by side, as a concatenate layer leaves them. */
final class Embeddings {
  private Embeddings() {}

  /**
   * Refuses an output that is neither [count, width], an embedding a row, nor [count times width].
   *
   * @throws ConfigurationException naming what it is
   */
  static void check(String loss, Shape output, int count) {
    boolean rows = output.isSequence() && output.positions() == count;
    boolean parts = output.isFeatures() && output.size() % count == 0;
    if (!rows && !parts) {
      throw new ConfigurationException(
          "loss "
              + loss
              + " needs "
              + count
              + " embeddings of an example side by side, ["
              + count
              + " times width] or ["
              + count
              + ", width], got "
              + output
              + "; bring them together by a concatenate layer");
    }
  }

  /** |x_a - x_b| of two of them, by their first numbers. */
  static double distance(double[] x, int a, int b, int width) {
    double squares = 0;
    for (int i = 0; i < width; i++) {
      double difference = x[a + i] - x[b + i];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }

  /** Adds factor (x_a - x_b) to the gradient of a and takes it from that of b. */
  static void pull(double[] x, int a, int b, int width, double factor, double[] gradient) {
    for (int i = 0; i < width; i++) {
      double slope = factor * (x[a + i] - x[b + i]);
      gradient[a + i] += slope;
      gradient[b + i] -= slope;
    }
  }
}
