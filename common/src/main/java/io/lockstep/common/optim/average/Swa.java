package io.lockstep.common.optim.average;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.optim.WeightAverage;
import java.util.List;

/**
 * Stochastic weight averaging (Izmailov et al. 2018, "Averaging weights leads to wider optima and
 * better generalization", Algorithm 1): the mean of all samples, a {@link RunningAverage} with
 *
 * <pre>
 * part(s) = 1 / s
 * </pre>
 *
 * as in {@code torch.optim.swa_utils.AveragedModel}. The paper samples once an epoch or once a
 * cycle of the rate, from about three quarters of the training on, at a rate that stays high.
 */
final class Swa {
  private static final Key<Long> START_STEP =
      Key.longInteger(
              "startStep",
              1,
              Range.closed(1, Double.POSITIVE_INFINITY),
              "the first update that is sampled")
          .required();

  static final Registry.Entry<WeightAverage> ENTRY =
      new Registry.Entry<>(
          "swa",
          "The mean of the weights from a step on (Izmailov 2018).",
          List.of(START_STEP, RunningAverage.EVERY_STEPS),
          Swa::create);

  private Swa() {}

  private static WeightAverage create(Options options) {
    return new RunningAverage(
        options.get(START_STEP), options.get(RunningAverage.EVERY_STEPS), sample -> 1.0 / sample);
  }
}
