package io.lockstep.common.schedule;

import io.lockstep.common.config.Interval;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
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
              Plateau.ENTRY,
              RateRange.ENTRY));

  /** The keys of the section {@code schedule.warmup}. */
  public static final List<Key<?>> WARMUP_KEYS = Warmup.KEYS;

  /** The keys of the section {@code schedule.batchScaling}. */
  public static final List<Key<?>> BATCH_SCALING_KEYS = BatchScaling.KEYS;

  private Schedules() {}

  /** The rate that the run's schedule starts from: the configured one, scaled for its batch. */
  public static double baseRate(RunConfiguration run) {
    return run.learningRate() * batchFactor(run);
  }

  /** What the configured rate is multiplied by for the run's batch; 1 without batchScaling. */
  public static double batchFactor(RunConfiguration run) {
    return BatchScaling.factor(run);
  }

  /**
   * The schedule of a run.
   *
   * @param totalSteps steps of the whole run; where only the settings are to be checked, any number
   * @throws io.lockstep.common.config.ConfigurationException where a setting is wrong, or the
   *     schedule looks at a metric that the run never measures
   */
  public static Schedule create(RunConfiguration run, long totalSteps) {
    Schedule schedule = create(run.schedule(), baseRate(run), totalSteps);
    if (schedule.metric() != null && run.train().validateEvery().equals(Interval.NEVER)) {
      throw run.schedule()
          .error(
              "looks at the validation's "
                  + schedule.metric()
                  + ", but train.validateEvery is never; add data.validation and leave"
                  + " train.validateEvery out, or choose a schedule that looks at the step alone");
    }
    return schedule;
  }

  /** The run's section {@code schedule} with the defaults of what it names, and what follows. */
  public static Options resolve(RunConfiguration run) {
    return BatchScaling.resolve(run, REGISTRY.resolve(run.schedule()));
  }

  /**
   * The schedule that the section {@code schedule} describes, with its warm-up; constant where the
   * section is empty.
   *
   * @param learningRate that it starts from, scaled for the batch
   * @param totalSteps as above
   */
  public static Schedule create(Options options, double learningRate, long totalSteps) {
    if (options.isEmpty()) {
      return new Constant(learningRate);
    }
    ScheduleFactory factory = REGISTRY.create(options, Warmup.SECTION, BatchScaling.SECTION);
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
