package io.lockstep.driver.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of {@code validation.jsonl}: the state after a step, measured on the validation data.
 *
 * @param step updates made so far
 * @param epoch passes over the data begun so far
 * @param examples examples measured on
 * @param loss their mean loss
 * @param metrics further means by name, such as {@code accuracy}, as fractions; in a stable order
 * @param seconds the validation took
 */
public record ValidationRecord(
    long step,
    long epoch,
    long examples,
    double loss,
    Map<String, Double> metrics,
    double seconds) {
  /** Copies the metrics. */
  public ValidationRecord {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
