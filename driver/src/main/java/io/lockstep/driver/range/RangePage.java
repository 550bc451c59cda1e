package io.lockstep.driver.range;

import io.lockstep.driver.range.Suggestions.Suggestion;
import io.lockstep.driver.report.ChartPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page of a range test: raw and smoothed loss over the rate, the suggestions marked. */
public final class RangePage {
  /** How far above the highest smoothed loss before the minimum the chart reaches. */
  private static final double HEADROOM = 1.15;

  private RangePage() {}

  /** The page as HTML. */
  public static String html(RangeResult result) {
    List<RangePoint> points = result.points();
    return new ChartPage(
            "Learning-rate range test: " + result.name(),
            lead(result),
            new ChartPage.Axis("learning rate", true, List.of()),
            new ChartPage.Axis("loss", false, shown(points)),
            List.of(
                new ChartPage.Series(
                    "loss",
                    true,
                    points.stream().map(RangePoint::learningRate).toList(),
                    points.stream().map(RangePoint::loss).toList()),
                new ChartPage.Series(
                    "smoothed",
                    false,
                    points.stream().map(RangePoint::smoothedRate).toList(),
                    points.stream().map(RangePoint::smoothedLoss).toList())),
            marks(result),
            "Loss of each step, before its update, over the step's learning rate; the smoothed"
                + " curve averages rates and losses alike.",
            table(result),
            result.suggestions().all().isEmpty() ? 0 : 1,
            note(result),
            result.toJson())
        .html();
  }

  private static String lead(RangeResult result) {
    return result
            .suggestions()
            .best()
            .map(best -> "Suggested learning rate: " + figure(best.learningRate()) + ". ")
            .orElse("No rate is suggested: the loss did not fall. ")
        + ending(result);
  }

  /** One sentence on how the test went. */
  public static String ending(RangeResult result) {
    return String.format(
        Locale.ROOT,
        "The rate rose from %s to %s in %d steps of %d; then %s.",
        figure(result.points().get(0).learningRate()),
        figure(result.points().get(result.points().size() - 1).learningRate()),
        result.points().size(),
        result.settings().steps(),
        result.ending().words());
  }

  /** What explodes would hide the descent. */
  private static List<Double> shown(List<RangePoint> points) {
    double least = points.stream().mapToDouble(RangePoint::smoothedLoss).min().orElseThrow();
    double top = 0;
    for (RangePoint point : points) {
      top = Math.max(top, point.smoothedLoss());
      if (point.smoothedLoss() == least) {
        break;
      }
    }
    double lowest = points.stream().mapToDouble(RangePoint::loss).min().orElseThrow();
    double from = Math.min(lowest, least);
    double most = from + HEADROOM * Math.max(top - from, Double.MIN_NORMAL);
    return List.of(from - (HEADROOM - 1) / 2 * (most - from), most);
  }

  private static List<ChartPage.Mark> marks(RangeResult result) {
    List<ChartPage.Mark> marks = new ArrayList<>();
    for (Suggestion each : result.suggestions().all()) {
      marks.add(
          new ChartPage.Mark(
              each.rule() + " " + figure(each.learningRate()),
              each.learningRate(),
              marks.isEmpty()));
    }
    return marks;
  }

  private static List<List<String>> table(RangeResult result) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("suggestion", "learning rate", "how it is read"));
    for (Suggestion each : result.suggestions().all()) {
      rows.add(List.of(each.rule(), figure(each.learningRate()), each.meaning()));
    }
    return rows;
  }

  private static String note(RangeResult result) {
    return "optimizer: "
        + result.optimizer().entrySet().stream()
            .map(RangePage::setting)
            .collect(Collectors.joining(", "))
        + ". Smoothing "
        + result.settings().smoothing()
        + ", the loss counts as exploded above "
        + result.settings().explosion()
        + " times its best.";
  }

  private static String setting(Map.Entry<String, @Nullable Object> entry) {
    return entry.getKey() + " " + Objects.toString(entry.getValue());
  }

  /** A rate with three digits. */
  public static String figure(double rate) {
    return String.format(Locale.ROOT, "%.3g", rate);
  }
}
