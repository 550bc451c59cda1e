package io.lockstep.worker.engine.initializer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Normally distributed numbers of which none is further than two standard deviations from the mean:
 * a number that is drawn further out is drawn again. What is left has a standard deviation of 0.88
 * times the one given.
 *
 * @param mean their mean
 * @param standardDeviation that of the distribution before its tails are cut, above 0
 */
public record TruncatedNormal(double mean, double standardDeviation) implements ElementInitializer {
  private static final Key<Double> MEAN = Key.number("mean", 0.0, Range.FINITE, "the mean");
  private static final Key<Double> STANDARD_DEVIATION =
      Key.number(
          "standardDeviation",
          0.05,
          Range.POSITIVE,
          "that of the whole distribution; what is left has 0.88 of it");

  static final Registry.Entry<Initializer> ENTRY =
      new Registry.Entry<>(
          "truncated-normal",
          "normally distributed, drawn again beyond two standard deviations",
          List.of(MEAN, STANDARD_DEVIATION),
          options -> new TruncatedNormal(options.get(MEAN), options.get(STANDARD_DEVIATION)));

  private static final double LIMIT = 2;

  /** Beyond every element's number, so that no two elements share a draw. */
  private static final long REDRAW = 1L << 32;

  @Override
  public String name() {
    return ENTRY.name();
  }

  /** The first of draws element, element + 2^32, element + 2 2^32, ... that is near enough. */
  @Override
  public double value(RandomStream random, long element, int fanIn, int fanOut) {
    long draw = element;
    double z = random.normal(draw);
    while (Math.abs(z) > LIMIT) {
      draw += REDRAW;
      z = random.normal(draw);
    }
    return mean + standardDeviation * z;
  }
}
