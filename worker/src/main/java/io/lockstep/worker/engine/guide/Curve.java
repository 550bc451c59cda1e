package io.lockstep.worker.engine.guide;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a page draws of a function of one or several numbers: its values on the straight line {@code
 * at + t along}, and its derivative with respect to t.
 *
 * <pre>{@code
 * Curve.over(-4, 4)                                    // of one number
 * Curve.over(-4, 4).named("beta 2").with("beta", 2.0)
 * Curve.over(-4, 4).labels(1).named("label 1")         // of a loss
 * Curve.over(-4, 4).at(0, 1, 0).along(1, 0, 0)         // of the first of three numbers
 * }</pre>
 *
 * @param name in the legend; empty where there is but one curve
 * @param settings of the entry, beside its defaults
 * @param at what goes in where t is 0
 * @param along what goes in more where t is 1 more
 * @param labels of the one example, for a loss
 * @param from the least t
 * @param to the largest t
 */
public record Curve(
    String name,
    Map<String, Object> settings,
    List<Double> at,
    List<Double> along,
    List<Double> labels,
    double from,
    double to) {
  /** Copies settings and lists. */
  public Curve {
    settings = Map.copyOf(settings);
    at = List.copyOf(at);
    along = List.copyOf(along);
    labels = List.copyOf(labels);
    if (at.size() != along.size()) {
      throw new IllegalArgumentException(
          "a curve must have as many numbers along as at, got along=" + along + ", at=" + at);
    }
  }

  /** Over one number, with default settings. */
  public static Curve over(double from, double to) {
    return new Curve("", Map.of(), List.of(0.0), List.of(1.0), List.of(), from, to);
  }

  /** The same with a name. */
  public Curve named(String name) {
    return new Curve(name, settings, at, along, labels, from, to);
  }

  /** The same with a setting. */
  public Curve with(String key, Object value) {
    Map<String, Object> more = new TreeMap<>(settings);
    more.put(key, value);
    return new Curve(name, more, at, along, labels, from, to);
  }

  /** The same with labels. */
  public Curve labels(double... labels) {
    return new Curve(name, settings, at, along, list(labels), from, to);
  }

  /** The same with an input of so many numbers, moving along the first. */
  public Curve at(double... at) {
    double[] first = new double[at.length];
    first[0] = 1;
    return new Curve(name, settings, list(at), list(first), labels, from, to);
  }

  /** The same in another direction. */
  public Curve along(double... along) {
    return new Curve(name, settings, at, list(along), labels, from, to);
  }

  private static List<Double> list(double[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }
}
