package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linear warm-up in front of any schedule (Goyal et al. 2017, "Accurate, large minibatch SGD",
 * section 2.2):
 *
 * <pre>
 * rate(t) = learningRate (from + (1 - from) t / steps)     for t below steps
 * rate(t) = the schedule's rate(t - steps)                 after them
 * </pre>
 */
record Warmup(double learningRate, long steps, double from, Schedule next) implements Schedule {
  static final Key<Options> SECTION = Key.section("warmup", "a linear rise in front: steps, from");
  static final Key<Long> STEPS =
      Key.longInteger("steps", 0, Range.closed(0, Double.POSITIVE_INFINITY), "steps of the warm-up")
          .required();
  static final Key<Double> FROM =
      Key.number("from", 0, Range.UNIT, "part of the rate that the first step has");

  /** The settings of a warm-up, in order. */
  static final List<Key<?>> KEYS = List.of(STEPS, FROM);

  @Override
  public double rate(long step) {
    return step < steps
        ? learningRate * (from + (1 - from) * step / steps)
        : next.rate(step - steps);
  }

  @Override
  public @Nullable String metric() {
    return next.metric();
  }

  @Override
  public Schedule after(double value) {
    return new Warmup(learningRate, steps, from, next.after(value));
  }

  @Override
  public List<Double> state() {
    return next.state();
  }

  @Override
  public Schedule restore(List<Double> state) {
    return new Warmup(learningRate, steps, from, next.restore(state));
  }
}
