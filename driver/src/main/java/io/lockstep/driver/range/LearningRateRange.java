package io.lockstep.driver.range;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.RunFailedException;
import io.lockstep.driver.Training;
import io.lockstep.driver.coordinator.Outcome;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * The learning-rate range test (Smith 2015, "Cyclical learning rates for training neural networks",
 * section 3.3; Smith 2017): a run of the configuration's own model, data, batch, rule and clip,
 * whose rate rises by one factor a step until the loss explodes. A plain run in all else, so the
 * losses have the same bits on any cluster.
 */
public final class LearningRateRange {
  /** What the name of a test adds to the run's. */
  static final String SUFFIX = "-lr-range";

  private static final String NEVER = "1000000000000000";

  private LearningRateRange() {}

  /**
   * What the test runs: the configuration with the schedule {@code range}, without validation, and
   * with no checkpoints but the first and the last.
   *
   * @param run resolved: paths absolute
   */
  public static RunConfiguration configuration(RunConfiguration run, RangeSettings settings) {
    List<String> changes =
        new ArrayList<>(
            List.of(
                "name=" + run.name() + SUFFIX,
                "optimizer.learningRate=" + settings.to(),
                "schedule={type: range, from: " + settings.from() + "}",
                "train={steps: " + settings.steps() + ", validateEvery: never}",
                "checkpoint={everySteps: " + NEVER + ", keep: 1}"));
    if (!run.data().validation().isEmpty()) {
      changes.add("data.validation={}");
    }
    if (!run.average().isEmpty()) {
      changes.add("average={}");
    }
    return RunConfiguration.parse(run.toYaml(), run.name(), changes);
  }

  /**
   * Runs the test.
   *
   * @param test from {@link #configuration}
   * @param directory receives configuration, steps and logs
   * @param listener is told besides
   * @throws RunFailedException where not even the first loss or gradient is finite, or the run
   *     ended otherwise
   */
  public static RangeResult run(
      RunConfiguration test, RangeSettings settings, RunDirectory directory, RunListener listener) {
    LossCurve curve = new LossCurve(settings.smoothing(), settings.explosion());
    Outcome outcome =
        Training.observe(
            test, directory, RunListener.both(new Recorder(curve), listener), curve::hasExploded);
    if (curve.points().isEmpty()) {
      throw new RunFailedException(
          "the range test " + test.name() + " has no first loss: " + outcome.reason());
    }
    directory.cutBack(curve.points().size());
    directory.deleteCheckpoints();
    return RangeResult.of(test, settings, curve, outcome);
  }

  /** Feeds the curve. */
  private record Recorder(LossCurve curve) implements RunListener {
    @Override
    public void step(StepRecord step) {
      curve.add(step.learningRate(), step.loss());
    }

    @Override
    public void cutBack(long step) {
      curve.cutBack(step);
    }
  }
}
