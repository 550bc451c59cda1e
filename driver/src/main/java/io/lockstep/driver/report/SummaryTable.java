package io.lockstep.driver.report;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The short table at the end of a run. */
public final class SummaryTable {
  private SummaryTable() {}

  /** Prints what came out, the hash last. */
  public static void print(Summary summary, PrintWriter out) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("run", summary.runId());
    rows.put(
        "steps",
        Figures.count(summary.steps())
            + String.format(Locale.ROOT, " (%.1f epochs)", summary.epochs()));
    rows.put("examples", Figures.count(summary.examples()));
    rows.put("train loss", String.format(Locale.ROOT, "%.4f", summary.trainLoss()));
    summary.skippedSteps().ifPresent(skipped -> rows.put("skipped steps", Figures.count(skipped)));
    summary.validation().ifPresent(last -> validation(last, rows));
    rows.put(
        "time",
        String.format(
            Locale.ROOT,
            "%.1f s, of which training %.1f s (%s examples/s)",
            summary.seconds(),
            summary.trainSeconds(),
            Figures.count(Math.round(summary.examplesPerSecond()))));
    rows.put(
        "cluster",
        String.format(
            Locale.ROOT,
            "%d workers, %d servers (%s), %d slices",
            summary.workers(),
            summary.servers(),
            summary.placement(),
            summary.slices()));
    rows.put("restarts", Integer.toString(summary.restarts()));
    rows.put("reproducible", summary.reproducible() ? "yes" : "no");
    rows.put("weights sha256", summary.weightsSha256());
    summary.averageSha256().ifPresent(hash -> rows.put("average sha256", hash));
    print(rows, out);
    summary.notes().forEach(note -> out.println("note: " + note));
    out.flush();
  }

  private static void validation(ValidationRecord last, Map<String, String> rows) {
    rows.put("validation loss", String.format(Locale.ROOT, "%.4f", last.loss()));
    metrics("", last.metrics(), last.lists(), rows);
    last.average()
        .ifPresent(
            average -> {
              rows.put("average loss", String.format(Locale.ROOT, "%.4f", average.loss()));
              metrics("average ", average.metrics(), average.lists(), rows);
            });
  }

  private static void metrics(
      String prefix,
      Map<String, Double> metrics,
      Map<String, List<?>> lists,
      Map<String, String> rows) {
    metrics.forEach(
        (name, value) ->
            rows.put(prefix + name, Figures.metric(name, value).substring(name.length() + 1)));
    lists.forEach((name, list) -> rows.put(prefix + name, Figures.list(list)));
  }

  /** Prints names and values in two columns. */
  static void print(Map<String, String> rows, PrintWriter out) {
    int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
    rows.forEach(
        (name, value) -> out.println(name + " ".repeat(width - name.length() + 2) + value));
  }
}
