package io.lockstep.worker.engine.initializer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Normally distributed numbers.
 *
 * @param mean their mean
 * @param standardDeviation their standard deviation, above 0
 */
public record Normal(double mean, double standardDeviation) implements ElementInitializer {
  private static final Key<Double> MEAN = Key.number("mean", 0.0, Range.FINITE, "the mean");
  private static final Key<Double> STANDARD_DEVIATION =
      Key.number("standardDeviation", 0.05, Range.POSITIVE, "the standard deviation");

  static final Registry.Entry<Initializer> ENTRY =
      new Registry.Entry<>(
          "normal",
          "normally distributed",
          List.of(MEAN, STANDARD_DEVIATION),
          options -> new Normal(options.get(MEAN), options.get(STANDARD_DEVIATION)));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double value(RandomStream random, long element, int fanIn, int fanOut) {
    return mean + standardDeviation * random.normal(element);
  }
}
