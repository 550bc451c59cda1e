package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Half cosines one after another, each starting from the full rate (Loshchilov, Hutter 2017,
 * "SGDR", equation 5), as {@code torch.optim.lr_scheduler.CosineAnnealingWarmRestarts}. With s
 * steps since the last restart and a period of p steps, which grows by {@code periodFactor}:
 *
 * <pre>
 * rate(t) = minimum + (learningRate - minimum) (1 + cos(pi s / p)) / 2
 * </pre>
 */
record CosineRestarts(double learningRate, double minimum, long firstPeriod, int periodFactor)
    implements Schedule {
  private static final Key<Long> FIRST_PERIOD =
      Key.longInteger(
              "firstPeriod",
              1,
              Range.closed(1, Double.POSITIVE_INFINITY),
              "steps until the first restart")
          .required();
  private static final Key<Integer> PERIOD_FACTOR =
      Key.integer(
          "periodFactor",
          1,
          Range.closed(1, Double.POSITIVE_INFINITY),
          "a period's steps over those of the one before");

  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "cosine-restarts",
          "Half cosines with restarts (Loshchilov, Hutter 2017).",
          List.of(FIRST_PERIOD, PERIOD_FACTOR, Span.MINIMUM),
          options ->
              span ->
                  new CosineRestarts(
                      span.learningRate(),
                      span.minimum(options),
                      options.get(FIRST_PERIOD),
                      options.get(PERIOD_FACTOR)));

  @Override
  public double rate(long step) {
    long period = firstPeriod;
    long since = periodFactor == 1 ? step % period : step;
    while (since >= period) {
      since -= period;
      period *= periodFactor;
    }
    return Cosine.between(learningRate, minimum, (double) since / period);
  }
}
