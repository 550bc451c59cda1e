package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Up along half a cosine, then down along another, far below the start (Smith, Topin 2017,
 * "Super-convergence"), as {@code torch.optim.lr_scheduler.OneCycleLR} with cosine annealing in two
 * phases; the momentum is left alone.
 *
 * <pre>
 * start   = learningRate / divideFactor
 * end     = start / finalDivideFactor
 * top     = warmupFraction steps - 1
 * rate(t) = cosine from start to learningRate over t in [0, top]
 * rate(t) = cosine from learningRate to end   over t in [top, steps - 1]
 * </pre>
 */
record OneCycle(double learningRate, double start, double end, double top, long last)
    implements Schedule {
  private static final Key<Double> WARMUP_FRACTION =
      Key.number(
          "warmupFraction", 0.3, new Range(0, true, 1, true), "part of the steps that go up");
  private static final Key<Double> DIVIDE_FACTOR =
      Key.number(
          "divideFactor",
          25,
          Range.closed(1, Double.POSITIVE_INFINITY),
          "the rate over the first step's");
  private static final Key<Double> FINAL_DIVIDE_FACTOR =
      Key.number(
          "finalDivideFactor",
          1e4,
          Range.closed(1, Double.POSITIVE_INFINITY),
          "the first step's rate over the last one's");

  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "one-cycle",
          "Up, then down far below the start (Smith, Topin 2017).",
          List.of(Span.STEPS, WARMUP_FRACTION, DIVIDE_FACTOR, FINAL_DIVIDE_FACTOR),
          options ->
              span -> {
                double start = span.learningRate() / options.get(DIVIDE_FACTOR);
                double end = start / options.get(FINAL_DIVIDE_FACTOR);
                long steps = span.steps(options);
                double top = options.get(WARMUP_FRACTION) * steps - 1;
                return new OneCycle(span.learningRate(), start, end, top, steps - 1);
              });

  @Override
  public double rate(long step) {
    if (step < top) {
      return Cosine.between(start, learningRate, step / top);
    }
    return Cosine.between(learningRate, end, (Math.min(step, last) - top) / (last - top));
  }
}
