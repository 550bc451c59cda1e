package io.lockstep.common.optim.average;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.optim.WeightAverage;
import java.util.List;

/** The averages of the weights that a configuration can name. */
public final class Averages {
  /** One line an average. */
  public static final Registry<WeightAverage> REGISTRY =
      Registry.of(
          "average",
          List.of(
              new Registry.Entry<>(
                  "none", "No average is kept.", List.of(), options -> WeightAverage.NONE),
              Ema.ENTRY,
              Swa.ENTRY));

  private Averages() {}

  /** The average that the section {@code average} describes; none where it is empty. */
  public static WeightAverage create(Options options) {
    return options.isEmpty() ? WeightAverage.NONE : REGISTRY.create(options);
  }
}
