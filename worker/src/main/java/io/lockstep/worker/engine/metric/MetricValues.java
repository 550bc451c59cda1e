package io.lockstep.worker.engine.metric;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What metrics come to.
 *
 * @param scalars single numbers by name, in order; NaN where no example had a weight
 * @param lists by name, in order, those that are lists of numbers or tables, as lists of rows
 */
public record MetricValues(Map<String, Double> scalars, Map<String, List<?>> lists) {
  /** Copies the maps. */
  public MetricValues {
    scalars = Collections.unmodifiableMap(new LinkedHashMap<>(scalars));
    lists = Collections.unmodifiableMap(new LinkedHashMap<>(lists));
  }

  /** Single numbers alone. */
  public static MetricValues of(Map<String, Double> scalars) {
    return new MetricValues(scalars, Map.of());
  }
}
