package io.lockstep.driver.cli;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.driver.range.LearningRateRange;
import io.lockstep.driver.range.RangePage;
import io.lockstep.driver.range.RangeResult;
import io.lockstep.driver.range.RangeSettings;
import io.lockstep.driver.report.Progress;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunLog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep lr-range}. */
@Command(
    name = "lr-range",
    description =
        "Finds a learning rate: trains with a rate that rises by one factor a step until the loss"
            + " explodes, suggests a rate, and writes a page with the curve.",
    footer = {
      "",
      "The configuration's optimizer, clip, batch and data are used; its rate, schedule, length,"
          + " validation and checkpoints are not.",
      "",
      "Example:",
      "  lockstep lr-range deploy/examples/mnist-mlp.yaml --set optimizer.type=lion",
      "  lockstep lr-range deploy/examples/wine.yaml --from 1e-5 --to 1 --output wine.html"
    })
final class LrRangeCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ConfigurationArguments configuration;

  @Option(
      names = "--from",
      paramLabel = "RATE",
      description = "The first step's rate (default: ${DEFAULT-VALUE}).")
  private double from = 1e-7;

  @Option(
      names = "--to",
      paramLabel = "RATE",
      description = "The last step's rate (default: ${DEFAULT-VALUE}).")
  private double to = 10;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps from the first rate to the last (default: ${DEFAULT-VALUE}).")
  private int steps = 200;

  @Option(
      names = "--smoothing",
      paramLabel = "PART",
      description =
          "The part of the loss's moving average that a step keeps (default: ${DEFAULT-VALUE}).")
  private double smoothing = 0.9;

  @Option(
      names = "--explosion",
      paramLabel = "FACTOR",
      description =
          "Ends the test when the smoothed loss is this many times its best"
              + " (default: ${DEFAULT-VALUE}).")
  private double explosion = 4;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description = "The test's folder; new or empty (default: runs/NAME-lr-range-TIMESTAMP).")
  private @Nullable Path runDirectory;

  @Option(
      names = "--output",
      paramLabel = "FILE.html",
      description = "The page (default: lr-range.html in the test's folder).")
  private @Nullable Path page;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Points and suggestions (default: lr-range.json in the test's folder).")
  private @Nullable Path json;

  @Override
  public Integer call() {
    RangeSettings settings = new RangeSettings(from, to, steps, smoothing, explosion);
    RunConfiguration run = configuration.load();
    RunConfiguration test = LearningRateRange.configuration(run, settings);
    if (page != null) {
      OutputFile.check("--output", page);
    }
    if (json != null) {
      OutputFile.check("--json", json);
    }
    try (RunDirectory directory =
        RunDirectory.create(runDirectory != null ? runDirectory : RunFolder.of(test))) {
      RunLog.in(directory);
      directory.writeConfiguration(test, "");
      PrintWriter out = configuration.out();
      out.println("run directory: " + directory.path());
      RangeResult result;
      try (Progress progress = Progress.on(out)) {
        result = LearningRateRange.run(test, settings, directory, progress);
      }
      print(result, Schedules.batchFactor(run), out);
      Path pageFile = page != null ? page : directory.path().resolve("lr-range.html");
      Path jsonFile = json != null ? json : directory.path().resolve("lr-range.json");
      OutputFile.write(jsonFile, result.toJson());
      OutputFile.write(pageFile, RangePage.html(result));
      out.println("page: " + pageFile);
      return Lockstep.DONE;
    }
  }

  /**
   * Prints the outcome.
   *
   * @param batchFactor what the configuration multiplies its rate by: the test's rates are final
   */
  private static void print(RangeResult result, double batchFactor, PrintWriter out) {
    out.println(RangePage.ending(result));
    if (result.suggestions().all().isEmpty()) {
      out.println(
          "no rate is suggested: the loss did not fall; try a wider --from and --to, more --steps");
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("suggestion", "learning rate", "how it is read"));
    result
        .suggestions()
        .all()
        .forEach(
            each ->
                rows.add(
                    List.of(each.rule(), RangePage.figure(each.learningRate()), each.meaning())));
    Columns.print(rows, out);
    result
        .suggestions()
        .best()
        .ifPresent(
            best ->
                out.println(
                    "suggested: --set optimizer.learningRate="
                        + RangePage.figure(best.learningRate() / batchFactor)
                        + (batchFactor == 1
                            ? ""
                            : ", of which schedule.batchScaling makes "
                                + RangePage.figure(best.learningRate()))));
  }
}
