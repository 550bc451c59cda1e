package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.worker.engine.kernel.Shape;

/** A metric as the configuration names it, before it is known what it judges. */
@FunctionalInterface
public interface MetricChoice {
  /**
   * The metric for a network's outputs.
   *
   * @throws ConfigurationException where it cannot judge them, with those that can
   */
  Metric of(Task task, Shape output);

  /** The error about a metric that cannot judge what the loss asks. */
  static ConfigurationException refuse(String metric, String judged, Task task) {
    return new ConfigurationException(
        "metric "
            + metric
            + " judges "
            + judged
            + ", but the loss asks for "
            + task.description()
            + "; leave it out"
            + Metrics.others(task));
  }

  /** The error about a metric that cannot judge outputs of this shape. */
  static ConfigurationException refuse(String metric, String judged, Shape output) {
    return new ConfigurationException(
        "metric " + metric + " judges " + judged + ", got outputs " + output + "; leave it out");
  }
}
