package io.lockstep.common.schedule;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;

/** The schedules that a configuration can name. */
public final class Schedules {
  /** One line a schedule. */
  public static final Registry<ScheduleFactory> REGISTRY =
      Registry.of(
          "schedule",
          List.of(
              Constant.ENTRY,
              Stepwise.ENTRY,
              MultiStep.ENTRY,
              Exponential.ENTRY,
              Polynomial.LINEAR,
              Polynomial.ENTRY,
              Cosine.ENTRY,
              CosineRestarts.ENTRY,
              OneCycle.ENTRY,
              InverseRoot.ENTRY,
              RateRange.ENTRY));

  private Schedules() {}

  /**
   * The schedule that the section {@code schedule} describes, with its warm-up; constant where the
   * section is empty.
   *
   * @param learningRate the configured rate, {@code optimizer.learningRate}
   * @param totalSteps steps of the whole run; where only the settings are to be checked, any number
   */
  public static Schedule create(Options options, double learningRate, long totalSteps) {
    if (options.isEmpty()) {
      return new Constant(learningRate);
    }
    ScheduleFactory factory = REGISTRY.create(options, Warmup.SECTION);
    Options warmup = options.get(Warmup.SECTION);
    if (!options.has(Warmup.SECTION)) {
      return factory.create(new Span(learningRate, 0, Math.max(1, totalSteps)));
    }
    warmup.allowOnly(Warmup.KEYS);
    long steps = warmup.get(Warmup.STEPS);
    Span rest = new Span(learningRate, steps, Math.max(1, totalSteps - steps));
    return new Warmup(learningRate, steps, warmup.get(Warmup.FROM), factory.create(rest));
  }
}
