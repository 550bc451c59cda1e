package io.lockstep.driver.spark;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.lockstep.driver.metrics.Figure;
import io.lockstep.driver.metrics.Figures;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Puts the figures into Spark's metrics system, so that each of its sinks shows them: in the driver
 * the run's and those of the servers there, in executors those of workers and servers. Where both
 * are one process, Spark would not take a figure twice.
 */
public final class LockstepPlugin implements SparkPlugin {
  /** What Spark calls the executor that is the driver itself, with a local master. */
  private static final String DRIVER = "driver";

  /** What Spark makes it by. */
  public LockstepPlugin() {}

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverPlugin() {
      @Override
      public Map<String, String> init(SparkContext context, PluginContext plugin) {
        return Map.of();
      }

      @Override
      public void registerMetrics(String applicationId, PluginContext plugin) {
        register(plugin.metricRegistry(), EnumSet.of(Figure.Of.RUN, Figure.Of.SERVER));
      }
    };
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext plugin, Map<String, String> configuration) {
        boolean inDriver = plugin.executorID().equals(DRIVER);
        register(
            plugin.metricRegistry(),
            inDriver
                ? EnumSet.of(Figure.Of.WORKER)
                : EnumSet.of(Figure.Of.WORKER, Figure.Of.SERVER));
      }
    };
  }

  private static void register(MetricRegistry registry, Set<Figure.Of> shown) {
    Figures figures = Figures.ofProcess();
    for (Figure figure : Figure.values()) {
      if (shown.contains(figure.of())) {
        registry.register(figure.key(), (Gauge<Double>) () -> figures.get(figure));
      }
    }
  }
}
