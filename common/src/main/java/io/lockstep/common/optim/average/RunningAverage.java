package io.lockstep.common.optim.average;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.optim.WeightAverage;
import java.util.function.LongToDoubleFunction;

/**
 * An average that moves towards the parameters by a part of the way, after every so many updates
 * from one on.
 *
 * <pre>
 * average = average + part(s) (w - average)        after update startStep + (s - 1) everySteps
 * </pre>
 *
 * s counts the samples from 1. Before the first, the average is the parameters. A part of 1 copies,
 * so that the first sample of an average that begins with it is exact.
 *
 * @param startStep the first update that is sampled
 * @param everySteps updates from one sample to the next
 * @param part of a sample, in [0, 1]
 */
record RunningAverage(long startStep, long everySteps, LongToDoubleFunction part)
    implements WeightAverage {
  static final Key<Long> EVERY_STEPS =
      Key.longInteger(
          "everySteps",
          1,
          Range.closed(1, Double.POSITIVE_INFINITY),
          "updates from one sample to the next");

  @Override
  public void take(long number, int n, float[] parameters, float[] average) {
    long since = number - startStep;
    if (since > 0 && since % everySteps != 0) {
      return;
    }
    float share = since < 0 ? 1 : (float) part.applyAsDouble(since / everySteps + 1);
    if (share == 1) {
      System.arraycopy(parameters, 0, average, 0, n);
    } else {
      move(n, average, parameters, share);
    }
  }

  private static void move(int n, float[] average, float[] w, float share) {
    for (int i = 0; i < n; i++) {
      average[i] += share * (w[i] - average[i]);
    }
  }
}
