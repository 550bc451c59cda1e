package io.lockstep.driver;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model reaches on some data.
 *
 * @param examples how many were measured on
 * @param loss their mean loss
 * @param metrics means by name, as fractions
 */
public record Measurement(long examples, double loss, Map<String, Double> metrics) {
  /** Copies the metrics. */
  public Measurement {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
