package io.lockstep.deploy.compare;

import io.lockstep.driver.range.RangePage;
import io.lockstep.driver.report.ChartPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Outcomes as a table and as a page. */
final class OutcomeTable {
  private static final int HASH_DIGITS = 12;

  /** More points of a line than a screen has. */
  private static final int MOST_POINTS = 400;

  private OutcomeTable() {}

  /** The first row is the head. Nothing here depends on the clock. */
  static List<List<String>> rows(List<RuleOutcome> outcomes, double goal) {
    int epochs = outcomes.stream().mapToInt(o -> o.accuracyByEpoch().size()).max().orElse(0);
    List<String> head = new ArrayList<>(List.of("rule", "state", "rate"));
    for (int e = 1; e <= epochs; e++) {
      head.add(e == 1 ? "epoch 1" : Integer.toString(e));
    }
    head.add("steps to " + percent(goal, 0));
    head.add("weights");
    List<List<String>> rows = new ArrayList<>(List.of(head));
    for (RuleOutcome outcome : outcomes) {
      rows.add(row(outcome, epochs));
    }
    return rows;
  }

  private static List<String> row(RuleOutcome outcome, int epochs) {
    List<String> row = new ArrayList<>();
    row.add(outcome.rule());
    row.add(
        String.format(Locale.ROOT, "%.3g", outcome.stateFloats())
            .replaceFirst("(\\.[0-9]*?)0+$", "$1")
            .replaceFirst("\\.$", ""));
    row.add(
        outcome.learningRate().isPresent()
            ? RangePage.figure(outcome.learningRate().getAsDouble())
            : "none");
    for (int e = 0; e < epochs; e++) {
      row.add(
          e < outcome.accuracyByEpoch().size() ? percent(outcome.accuracyByEpoch().get(e), 2) : "");
    }
    row.add(outcome.goalStep().isPresent() ? "" + outcome.goalStep().getAsLong() : "not reached");
    String sha256 = outcome.weightsSha256();
    row.add(
        sha256.isEmpty()
            ? outcome.failure()
            : sha256.substring(0, Math.min(HASH_DIGITS, sha256.length())));
    return row;
  }

  private static String percent(double fraction, int places) {
    return String.format(Locale.ROOT, "%." + places + "f %%", 100 * fraction);
  }

  /** The table in Markdown. */
  static String markdown(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      text.append("| ").append(String.join(" | ", rows.get(r))).append(" |\n");
      if (r == 0) {
        text.append("|---".repeat(rows.get(0).size())).append("|\n");
      }
    }
    return text.toString();
  }

  /**
   * The page: losses over steps, one line a rule.
   *
   * @param name of the configuration
   * @param json the outcomes
   */
  static String page(String name, List<RuleOutcome> outcomes, double goal, String json) {
    List<ChartPage.Series> series =
        outcomes.stream()
            .filter(outcome -> !outcome.losses().isEmpty())
            .map(OutcomeTable::line)
            .toList();
    return new ChartPage(
            "Update rules compared: " + name,
            "Every rule trains the same model on the same data in the same order, with the"
                + " learning rate that its own range test suggests.",
            new ChartPage.Axis("step", false, List.of()),
            new ChartPage.Axis("training loss", true, List.of()),
            series,
            List.of(),
            "Training loss, smoothed, over steps.",
            rows(outcomes, goal),
            0,
            "state: floats that the rule keeps for a parameter. Accuracies are those on the"
                + " validation data. weights: the beginning of the hash of the last weights.",
            json)
        .html();
  }

  private static ChartPage.Series line(RuleOutcome outcome) {
    int stride = 1 + outcome.losses().size() / MOST_POINTS;
    List<Long> steps =
        LongStream.rangeClosed(1, outcome.losses().size())
            .filter(step -> step % stride == 0)
            .boxed()
            .toList();
    return new ChartPage.Series(
        outcome.rule(),
        false,
        steps.stream().map(Long::doubleValue).toList(),
        steps.stream().map(step -> outcome.losses().get(step.intValue() - 1)).toList());
  }
}
