package io.lockstep.driver.report;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how a run goes: on a terminal one line that is drawn again and again, elsewhere a line
 * every few seconds. Validations, restarts and notes are lines of their own.
 *
 * <pre>
 * step 480/1175  epoch 3/5  [########------------]  loss 0.1423  rate 0.00071  31250 examples/s  0:06 left
 * </pre>
 */
public final class Progress implements RunListener, AutoCloseable {
  private static final Duration DRAW_EVERY = Duration.ofMillis(100);
  private static final Duration LINE_EVERY = Duration.ofSeconds(3);
  private static final int BAR = 20;
  private static final double FORGET = 0.9;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private long total;
  private long stepsPerEpoch = 1;
  private double secondsPerStep;
  private double examplesPerSecond;
  private long lastShown;
  private boolean shownOnce;
  private int drawn;
  private boolean closed;

  Progress(PrintWriter out, boolean terminal, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
  }

  /** Progress as it suits where standard output goes. */
  public static Progress on(PrintWriter out) {
    return new Progress(out, isTerminal(), System::nanoTime);
  }

  @SuppressWarnings("SystemConsoleNull") // from Java 22 on the console itself is asked
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException beforeJava22) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  @Override
  public synchronized void phase(Phase phase) {
    if (phase != Phase.TRAINING) {
      line(phase.words());
    }
  }

  @Override
  public synchronized void sized(
      long totalSteps, long newStepsPerEpoch, long fromStep, int workers) {
    total = totalSteps;
    stepsPerEpoch = Math.max(1, newStepsPerEpoch);
    line(
        "training: %d steps%s, %d an epoch, on %d worker%s"
            .formatted(
                totalSteps,
                fromStep > 0 ? " from step " + fromStep : "",
                newStepsPerEpoch,
                workers,
                workers == 1 ? "" : "s"));
  }

  @Override
  public synchronized void step(StepRecord step) {
    double weight = secondsPerStep == 0 ? 0 : FORGET;
    secondsPerStep = weight * secondsPerStep + (1 - weight) * step.seconds();
    examplesPerSecond = weight * examplesPerSecond + (1 - weight) * step.examplesPerSecond();
    long now = nanoTime.getAsLong();
    Duration since = Duration.ofNanos(now - lastShown);
    boolean due = since.compareTo(terminal ? DRAW_EVERY : LINE_EVERY) >= 0;
    if (!shownOnce || due || step.step() == total) {
      shownOnce = true;
      lastShown = now;
      show(step);
    }
  }

  private void show(StepRecord step) {
    String text = text(step);
    if (terminal) {
      out.print("\r" + text + " ".repeat(Math.max(0, drawn - text.length())));
      out.flush();
      drawn = text.length();
    } else {
      line(text);
    }
  }

  private String text(StepRecord step) {
    long epochs = Math.max(1, (total + stepsPerEpoch - 1) / stepsPerEpoch);
    return String.format(
        Locale.ROOT,
        "step %d/%d  epoch %d/%d  %sloss %.4f  rate %.3g  %.0f examples/s  %s left",
        step.step(),
        total,
        step.epoch(),
        epochs,
        terminal ? bar(step.step()) + "  " : "",
        step.loss(),
        step.learningRate(),
        examplesPerSecond,
        clock(secondsPerStep * (total - step.step())));
  }

  private String bar(long step) {
    int full = total == 0 ? 0 : (int) (BAR * Math.min(step, total) / total);
    return "[" + "#".repeat(full) + "-".repeat(BAR - full) + "]";
  }

  /** Hours, minutes and seconds as {@code 1:02:03} or {@code 2:03}. */
  static String clock(double seconds) {
    long whole = Math.round(Math.max(0, seconds));
    return whole >= 3600
        ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }

  @Override
  public synchronized void validation(ValidationRecord validation) {
    StringBuilder metrics = new StringBuilder();
    validation
        .metrics()
        .forEach((name, value) -> metrics.append("  ").append(Figures.metric(name, value)));
    line(
        String.format(
            Locale.ROOT,
            "validation after step %d (epoch %d): loss %.4f%s",
            validation.step(),
            validation.epoch(),
            validation.loss(),
            metrics));
  }

  @Override
  public synchronized void restarted(int restarts, String reason) {
    line("restart " + restarts + ": lost " + reason);
  }

  @Override
  public synchronized void cutBack(long step) {
    if (step > 0 || shownOnce) {
      line("going on from the checkpoint of step " + step);
    }
  }

  @Override
  public synchronized void note(String message) {
    line("note: " + message);
  }

  private void line(String text) {
    endDrawing();
    out.println(text);
    out.flush();
  }

  private void endDrawing() {
    if (drawn > 0) {
      out.println();
      drawn = 0;
    }
  }

  /** Leaves the terminal at the beginning of a line. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      endDrawing();
      out.flush();
    }
  }
}
