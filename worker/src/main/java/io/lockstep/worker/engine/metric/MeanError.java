package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;

/**
 * The weighted mean of how far predictions are from their labels; an example counts with the mean
 * over its outputs. Sums: weight times error, weight.
 *
 * @param kind what is averaged
 */
public record MeanError(Kind kind) implements Metric {
  /** What is averaged. */
  public enum Kind {
    /** Squares. */
    MSE,
    /** Squares, and the root taken of the mean. */
    RMSE,
    /** Absolute values. */
    MAE
  }

  @Override
  public String name() {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public int sums(Shape output) {
    return 2;
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
    int outputs = output.size();
    for (int e = 0; e < examples; e++) {
      if (weights[e] == 0) {
        continue;
      }
      double error = 0;
      for (int i = e * outputs; i < (e + 1) * outputs; i++) {
        double difference = predictions.get(i) - labels[i];
        error += kind == Kind.MAE ? Math.abs(difference) : difference * difference;
      }
      sums[at] += weights[e] * (error / outputs);
      sums[at + 1] += weights[e];
    }
  }

  @Override
  public double value(double[] sums, int at, Shape output) {
    double mean = sums[at] / sums[at + 1];
    return kind == Kind.RMSE ? Math.sqrt(mean) : mean;
  }
}
