package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The metrics of a network, whose sums lie one after another in one array. Immutable, shared by
 * threads.
 */
public final class Metrics {
  /** All metrics by name, in the order of the documentation: a new one is one file and one line. */
  public static final Registry<MetricChoice> REGISTRY =
      Registry.of(
          "metric",
          List.of(
              Accuracy.ENTRY,
              TopK.ENTRY,
              PrecisionRecall.PRECISION,
              PrecisionRecall.RECALL,
              PrecisionRecall.F1,
              Auc.ENTRY,
              ConfusionMatrix.ENTRY,
              Perplexity.ENTRY,
              MeanError.MSE,
              MeanError.RMSE,
              MeanError.MAE,
              RSquared.ENTRY,
              Coverage.ENTRY,
              ErrorRate.ENTRY));

  private final List<Metric> metrics;
  private final Shape output;
  private final int sums;

  /**
   * @param metrics in the order in which summaries list them
   * @param output the shape of what the network puts out for an example
   */
  public Metrics(List<Metric> metrics, Shape output) {
    this.metrics = List.copyOf(metrics);
    this.output = output;
    this.sums = metrics.stream().mapToInt(metric -> metric.sums(output)).sum();
  }

  /** Those that a loss is judged by where the configuration names none. */
  public static Metrics standard(Task task, Shape output) {
    List<Metric> standard = new ArrayList<>();
    for (Registry.Entry<MetricChoice> entry : standard(task)) {
      standard.add(entry.create().apply(Options.empty()).of(task, output));
    }
    return new Metrics(standard, output);
  }

  private static List<Registry.Entry<MetricChoice>> standard(Task task) {
    if (task instanceof Task.Values) {
      return List.of(MeanError.MSE, MeanError.RMSE, MeanError.MAE, RSquared.ENTRY);
    }
    if (task instanceof Task.Quantiles) {
      return List.of(Coverage.ENTRY);
    }
    if (task instanceof Task.Spelling) {
      return List.of(ErrorRate.ENTRY);
    }
    return task instanceof Task.Unknown ? List.of() : List.of(Accuracy.ENTRY);
  }

  /** What a user may name instead of a metric that does not fit. */
  static String others(Task task) {
    List<String> names = standard(task).stream().map(Registry.Entry::name).toList();
    return names.isEmpty() ? "" : ", or take " + String.join(", ", names);
  }

  /**
   * The metrics that the configuration names; the standard ones where it names none.
   *
   * @param named a section each, with its type
   * @throws ConfigurationException for an unknown metric or setting, for two of one name, and for
   *     one that cannot judge the outputs, naming its place
   */
  public static Metrics of(List<Options> named, Task task, Shape output) {
    if (named.isEmpty()) {
      return standard(task, output);
    }
    List<Metric> metrics = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Options section : named) {
      Metric metric = create(section, task, output);
      if (!names.add(metric.name())) {
        throw section.error("is a second metric named '" + metric.name() + "'; leave one out");
      }
      metrics.add(metric);
    }
    return new Metrics(metrics, output);
  }

  private static Metric create(Options section, Task task, Shape output) {
    MetricChoice choice = REGISTRY.create(section);
    try {
      return choice.of(task, output);
    } catch (ConfigurationException e) {
      throw new ConfigurationException(
          section.path() + ": " + e.getMessage() + " (" + section.place() + ")", e);
    }
  }

  /** Their names, in order. */
  public List<String> names() {
    return metrics.stream().map(Metric::name).toList();
  }

  /** The names of those that are single numbers, in order. */
  public List<String> scalarNames() {
    return List.copyOf(values(new double[sums]).scalars().keySet());
  }

  /** Length of the array of sums. */
  public int sums() {
    return sums;
  }

  /**
   * Adds a slice's examples to the sums.
   *
   * @param predictions [examples, outputs], as the loss takes them; not modified
   * @param labels as the loss takes them; not modified
   * @param weights [examples]; not modified
   * @param sums [{@link #sums()}], added to
   */
  public void add(
      Buffer predictions, float[] labels, float[] weights, int examples, double[] sums) {
    int at = 0;
    for (Metric metric : metrics) {
      metric.add(predictions, labels, weights, examples, output, sums, at);
      at += metric.sums(output);
    }
  }

  /**
   * The figures by name.
   *
   * @param totals [{@link #sums()}], over all slices; not modified
   */
  public MetricValues values(double[] totals) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    Map<String, List<?>> lists = new LinkedHashMap<>();
    int at = 0;
    for (Metric metric : metrics) {
      MetricValue value = metric.value(totals, at, output);
      if (value instanceof MetricValue.Scalar scalar) {
        scalars.put(metric.name(), scalar.value());
      } else if (value instanceof MetricValue.Each each) {
        lists.put(metric.name(), each.values());
      } else {
        lists.put(metric.name(), ((MetricValue.Table) value).rows());
      }
      at += metric.sums(output);
    }
    return new MetricValues(scalars, lists);
  }
}
