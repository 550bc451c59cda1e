package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * Stairs at given steps, as {@code torch.optim.lr_scheduler.MultiStepLR}:
 *
 * <pre>
 * rate(t) = learningRate factor^(number of milestones up to t)
 * </pre>
 */
record MultiStep(double learningRate, List<Integer> milestones, double factor) implements Schedule {
  private static final Key<List<Integer>> MILESTONES =
      Key.integers(
              "milestones",
              List.of(),
              Range.closed(1, Double.POSITIVE_INFINITY),
              "the steps at which the rate changes, rising")
          .required();

  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "multi-step",
          "Multiplied by a factor at each of some steps.",
          List.of(MILESTONES, Span.FACTOR),
          MultiStep::factory);

  private static ScheduleFactory factory(Options options) {
    List<Integer> milestones = options.get(MILESTONES);
    if (!milestones.equals(milestones.stream().sorted().distinct().toList())) {
      throw options.error(MILESTONES, "must rise");
    }
    return span -> new MultiStep(span.learningRate(), milestones, options.get(Span.FACTOR));
  }

  @Override
  public double rate(long step) {
    long passed = milestones.stream().filter(milestone -> milestone <= step).count();
    return learningRate * StrictMath.pow(factor, (double) passed);
  }
}
