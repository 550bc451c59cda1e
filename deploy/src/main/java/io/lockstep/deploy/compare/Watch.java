package io.lockstep.deploy.compare;

import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.ValidationRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Notes what a comparison needs of one run. */
final class Watch implements RunListener {
  private static final double SMOOTHING = 0.95;

  private final double goal;
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> accuracyByEpoch = new ArrayList<>();
  private long stepsPerEpoch = 1;
  private double average;
  private double rest = 1;
  private double seconds;
  private OptionalLong goalStep = OptionalLong.empty();
  private OptionalDouble goalSeconds = OptionalDouble.empty();

  Watch(double goal) {
    this.goal = goal;
  }

  @Override
  public void sized(long totalSteps, long newStepsPerEpoch, long fromStep, int workers) {
    stepsPerEpoch = newStepsPerEpoch;
  }

  @Override
  public void step(StepRecord step) {
    average = SMOOTHING * average + (1 - SMOOTHING) * step.loss();
    rest *= SMOOTHING;
    losses.add(average / (1 - rest));
    seconds += step.seconds();
  }

  /** Runs are compared by their steps: one that began anew would not be told apart. */
  @Override
  public void cutBack(long step) {
    if (!losses.isEmpty()) {
      throw new IllegalStateException("a run of the comparison lost a server: compare again");
    }
  }

  @Override
  public void validation(ValidationRecord validation) {
    Double accuracy = validation.metrics().get("accuracy");
    if (accuracy == null) {
      throw new IllegalStateException(
          "a comparison needs the metric accuracy, got " + validation.metrics().keySet());
    }
    if (validation.step() % stepsPerEpoch == 0) {
      accuracyByEpoch.add(accuracy);
    }
    if (goalStep.isEmpty() && accuracy >= goal) {
      goalStep = OptionalLong.of(validation.step());
      goalSeconds = OptionalDouble.of(seconds);
    }
  }

  RuleOutcome outcome(
      String rule, double stateFloats, OptionalDouble rate, String failure, String sha256) {
    return new RuleOutcome(
        rule,
        stateFloats,
        rate,
        accuracyByEpoch,
        goalStep,
        goalSeconds,
        seconds,
        failure,
        sha256,
        losses);
  }
}
