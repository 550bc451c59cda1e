package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Locale;

/**
 * The weighted mean of how far predictions are from their labels; an example counts with the mean
 * over its outputs. Sums: weight times error, weight.
 *
 * @param kind what is averaged
 */
public record MeanError(Kind kind) implements MeanMetric {
  /** What is averaged. */
  public enum Kind {
    /** Squares. */
    MSE,
    /** Squares, and the root taken of the mean. */
    RMSE,
    /** Absolute values. */
    MAE
  }

  static final Registry.Entry<MetricChoice> MSE = entry(Kind.MSE, "mean of (p - y)^2");
  static final Registry.Entry<MetricChoice> RMSE =
      entry(Kind.RMSE, "root of the mean of (p - y)^2");
  static final Registry.Entry<MetricChoice> MAE = entry(Kind.MAE, "mean of |p - y|");

  private static Registry.Entry<MetricChoice> entry(Kind kind, String summary) {
    return new Registry.Entry<>(
        nameOf(kind),
        summary,
        List.of(),
        options ->
            (task, output) -> {
              if (task instanceof Task.Values) {
                return new MeanError(kind);
              }
              throw MetricChoice.refuse(nameOf(kind), "values", task);
            });
  }

  private static String nameOf(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String name() {
    return nameOf(kind);
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
  public MetricValue value(double[] sums, int at, Shape output) {
    double mean = sums[at] / sums[at + 1];
    return new MetricValue.Scalar(kind == Kind.RMSE ? Math.sqrt(mean) : mean);
  }
}
