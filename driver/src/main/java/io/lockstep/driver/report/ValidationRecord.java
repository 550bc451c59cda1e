package io.lockstep.driver.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of {@code validation.jsonl}: the state after a step, measured on the validation data.
 *
 * @param step updates made so far
 * @param epoch passes over the data begun so far
 * @param examples examples measured on
 * @param loss their mean loss by the model
 * @param metrics further means by name, such as {@code accuracy}, as fractions; in a stable order
 * @param lists figures that are no single number by name, such as {@code confusion-matrix}: lists
 *     of numbers, or of rows
 * @param average the same figures by the average of the weights; empty where none is kept
 * @param seconds the validation took
 */
public record ValidationRecord(
    long step,
    long epoch,
    long examples,
    double loss,
    Map<String, Double> metrics,
    Map<String, List<?>> lists,
    Optional<Average> average,
    double seconds) {
  /**
   * What the average of the weights was measured as.
   *
   * @param loss mean loss
   * @param metrics further means by the names that the model's have
   * @param lists figures that are no single number, likewise
   */
  public record Average(double loss, Map<String, Double> metrics, Map<String, List<?>> lists) {
    /** Copies the metrics. */
    public Average {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
      lists = Collections.unmodifiableMap(new LinkedHashMap<>(lists));
    }

    /**
     * Loss and metrics by name.
     *
     * @param lossName what the loss is called where they are written
     */
    Map<String, Object> plain(String lossName) {
      Map<String, Object> plain = new LinkedHashMap<>();
      plain.put(lossName, loss);
      plain.putAll(metrics);
      plain.putAll(lists);
      return plain;
    }
  }

  /** A validation of single numbers, of a run that keeps no average. */
  public ValidationRecord(
      long step,
      long epoch,
      long examples,
      double loss,
      Map<String, Double> metrics,
      double seconds) {
    this(step, epoch, examples, loss, metrics, Map.of(), Optional.empty(), seconds);
  }

  /** Copies the metrics. */
  public ValidationRecord {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    lists = Collections.unmodifiableMap(new LinkedHashMap<>(lists));
  }
}
