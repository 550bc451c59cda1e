package io.lockstep.driver.metrics;

import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.ValidationRecord;

/** Shows the last line of {@code steps.jsonl}, and sums of all, as figures. */
public final class RunFigures implements RunListener {
  private final Figures figures;

  /** Of a run that begins: its figures begin at 0. */
  public RunFigures(Figures figures) {
    this.figures = figures;
    figures.reset(Figure.Of.RUN);
  }

  @Override
  public void sized(long totalSteps, long stepsPerEpoch, long fromStep, int workers) {
    figures.set(Figure.STEP, (double) fromStep);
  }

  @Override
  public void step(StepRecord step) {
    figures.set(Figure.STEP, (double) step.step());
    figures.set(Figure.EPOCH, (double) step.epoch());
    figures.set(Figure.LOSS, step.loss());
    figures.set(Figure.LEARNING_RATE, step.learningRate());
    figures.set(Figure.GRADIENT_NORM, step.gradientNorm());
    figures.set(Figure.EXAMPLES_PER_SECOND, step.examplesPerSecond());
    figures.add(Figure.SECONDS, step.seconds());
    figures.add(Figure.COMPUTE_SECONDS, step.computeSeconds());
    figures.add(Figure.SEND_SECONDS, step.sendSeconds());
    figures.add(Figure.WAIT_SECONDS, step.waitSeconds());
    figures.add(Figure.SENT_BYTES, (double) step.sentBytes());
    figures.add(Figure.RECEIVED_BYTES, (double) step.receivedBytes());
  }

  @Override
  public void validation(ValidationRecord validation) {
    figures.set(Figure.VALIDATION_LOSS, validation.loss());
  }

  @Override
  public void restarted(int restarts, String reason) {
    figures.set(Figure.RESTARTS, restarts);
  }

  @Override
  public void cutBack(long step) {
    figures.set(Figure.STEP, (double) step);
  }
}
