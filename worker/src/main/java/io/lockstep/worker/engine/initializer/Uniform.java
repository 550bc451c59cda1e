package io.lockstep.worker.engine.initializer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Evenly distributed numbers in [minimum, maximum).
 *
 * @param minimum their lower end
 * @param maximum their upper end, above minimum
 */
public record Uniform(double minimum, double maximum) implements ElementInitializer {
  private static final Key<Double> MINIMUM =
      Key.number("minimum", -0.05, Range.FINITE, "the lower end");
  private static final Key<Double> MAXIMUM =
      Key.number("maximum", 0.05, Range.FINITE, "the upper end, above minimum");

  static final Registry.Entry<Initializer> ENTRY =
      new Registry.Entry<>(
          "uniform", "evenly distributed", List.of(MINIMUM, MAXIMUM), Uniform::create);

  private static Uniform create(Options options) {
    double minimum = options.get(MINIMUM);
    if (!(options.get(MAXIMUM) > minimum)) {
      throw options.error(MAXIMUM, "must be above minimum, which is " + minimum);
    }
    return new Uniform(minimum, options.get(MAXIMUM));
  }

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public double value(RandomStream random, long element, int fanIn, int fanOut) {
    return minimum + (maximum - minimum) * random.unit(element);
  }
}
