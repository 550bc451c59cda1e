package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * The share of the labels' variance that predictions explain, r2 = 1 - sum w (y - p)^2 / sum w (y -
 * mean y)^2, the mean over outputs; an output whose labels are all equal counts 1 where it is
 * predicted exactly, else 0. Sums: w; and for each output w y, w y^2, w (y - p)^2, from which the
 * denominator is sum w y^2 - (sum w y)^2 / sum w. In double that leaves 16 digits less twice the
 * digits by which the mean exceeds the deviation.
 */
public record RSquared() implements Metric {
  static final Registry.Entry<MetricChoice> ENTRY =
      new Registry.Entry<>(
          "r2",
          "share of the labels' variance that is explained",
          List.of(),
          options -> RSquared::choose);

  private static Metric choose(Task task, Shape output) {
    if (task instanceof Task.Values) {
      return new RSquared();
    }
    throw MetricChoice.refuse("r2", "values", task);
  }

  @Override
  public String name() {
    return "r2";
  }

  @Override
  public int sums(Shape output) {
    return 1 + 3 * output.size();
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
      double w = weights[e];
      if (w == 0) {
        continue;
      }
      sums[at] += w;
      for (int o = 0; o < outputs; o++) {
        double y = labels[e * outputs + o];
        double residual = y - predictions.get(e * outputs + o);
        int to = at + 1 + 3 * o;
        sums[to] += w * y;
        sums[to + 1] += w * y * y;
        sums[to + 2] += w * residual * residual;
      }
    }
  }

  @Override
  public MetricValue value(double[] sums, int at, Shape output) {
    int outputs = output.size();
    double weight = sums[at];
    if (weight == 0) {
      return new MetricValue.Scalar(Double.NaN);
    }
    double total = 0;
    for (int o = 0; o < outputs; o++) {
      int from = at + 1 + 3 * o;
      double spread = sums[from + 1] - sums[from] * sums[from] / weight;
      double residual = sums[from + 2];
      // what rounding leaves of a spread of nothing
      boolean flat = spread <= 1e-14 * sums[from + 1];
      total += flat ? (residual == 0 ? 1 : 0) : 1 - residual / spread;
    }
    return new MetricValue.Scalar(total / outputs);
  }
}
