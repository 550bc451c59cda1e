package io.lockstep.driver.metrics;

import static io.lockstep.driver.report.Figures.count;

import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.ValidationRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How this process's run stands, in words, for pages that somebody reads while it goes on. One for
 * the process, as {@link Figures}: a page may be there before a run, and after it. Safe for
 * threads.
 */
public final class RunBoard implements RunListener {
  private static final RunBoard OF_PROCESS = new RunBoard();

  /** A fact and its name. */
  public record Line(String name, String value) {}

  private String configuration = "";
  private String runId = "";
  private String state = "";
  private long totalSteps;
  private long stepsPerEpoch = 1;
  private long done;
  private int workers;
  private int restarts;
  private @Nullable StepRecord last;
  private @Nullable ValidationRecord validation;
  private String weights = "";
  private boolean underWay;

  /** Of no run yet. */
  RunBoard() {}

  /** That of this process. */
  public static RunBoard ofProcess() {
    return OF_PROCESS;
  }

  /** A run of a configuration of this name begins; what stood here of another goes. */
  public synchronized void begin(String name) {
    configuration = name;
    runId = "";
    state = "";
    totalSteps = 0;
    stepsPerEpoch = 1;
    done = 0;
    workers = 0;
    restarts = 0;
    last = null;
    validation = null;
    weights = "";
    underWay = true;
  }

  /** The run's public name is known. */
  public synchronized void enter(String id) {
    runId = id;
  }

  /** The run's weights have this hash. */
  public synchronized void proved(String weightsSha256) {
    weights = weightsSha256;
  }

  /** The run is done. */
  public synchronized void end() {
    state = "done";
    underWay = false;
  }

  /** The run has failed. */
  public synchronized void fail(String reason) {
    state = "failed: " + reason;
    underWay = false;
  }

  @Override
  public synchronized void phase(Phase phase) {
    state = phase.words();
  }

  @Override
  public synchronized void sized(
      long newTotalSteps, long newStepsPerEpoch, long fromStep, int newWorkers) {
    totalSteps = newTotalSteps;
    stepsPerEpoch = Math.max(1, newStepsPerEpoch);
    done = fromStep;
    workers = newWorkers;
  }

  @Override
  public synchronized void step(StepRecord step) {
    done = step.step();
    last = step;
  }

  @Override
  public synchronized void validation(ValidationRecord newValidation) {
    validation = newValidation;
  }

  @Override
  public synchronized void restarted(int newRestarts, String reason) {
    restarts = newRestarts;
  }

  @Override
  public synchronized void cutBack(long step) {
    done = step;
    last = null;
  }

  /** What a page is called. */
  public synchronized String title() {
    return runId.isEmpty() ? configuration : runId;
  }

  /** Whether there will be news. */
  public synchronized boolean isUnderWay() {
    return underWay;
  }

  /** The steps done, of all. */
  public synchronized long done() {
    return done;
  }

  /** All steps of the run; 0 while they are not known. */
  public synchronized long totalSteps() {
    return totalSteps;
  }

  /** What is known, top to bottom; empty where there was no run. */
  public synchronized List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    if (configuration.isEmpty()) {
      return lines;
    }
    add(lines, "run", runId);
    add(lines, "configuration", configuration);
    add(lines, "state", state);
    if (totalSteps > 0) {
      long epochs = (totalSteps + stepsPerEpoch - 1) / stepsPerEpoch;
      long epoch = last == null ? Math.min(epochs, done / stepsPerEpoch + 1) : last.epoch();
      add(lines, "epoch", count(epoch) + " of " + count(epochs));
      add(lines, "step", count(done) + " of " + count(totalSteps));
    }
    if (last != null) {
      add(lines, "loss", figure(last.loss()));
      add(lines, "learning rate", figure(last.learningRate()));
      add(lines, "examples a second", count(Math.round(last.examplesPerSecond())));
    }
    if (validation != null) {
      add(lines, "validation", words(validation));
    }
    if (workers > 0) {
      add(lines, "workers", Integer.toString(workers));
      add(lines, "restarts", Integer.toString(restarts));
    }
    add(lines, "SHA-256 of the weights", weights);
    return lines;
  }

  private static void add(List<Line> lines, String name, String value) {
    if (!value.isEmpty()) {
      lines.add(new Line(name, value));
    }
  }

  private static String words(ValidationRecord validation) {
    StringBuilder words = new StringBuilder("loss ").append(figure(validation.loss()));
    validation
        .metrics()
        .forEach(
            (name, value) -> words.append(", ").append(name).append(' ').append(figure(value)));
    return words + ", after step " + count(validation.step());
  }

  /** Five digits, without zeros behind. */
  static String figure(double value) {
    String text = String.format(Locale.ROOT, "%.4e", value);
    return Double.isFinite(value) ? Double.toString(Double.parseDouble(text)) : text;
  }
}
