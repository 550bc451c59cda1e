package io.lockstep.deploy.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.driver.report.GradientNoise;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.ValidationRecord;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class OutcomeTableTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  /** Two epochs of ten steps, validated every five, each step's loss half the one before. */
  private static RuleOutcome outcome(String rule, double... accuracies) {
    Watch watch = new Watch(0.9);
    watch.cutBack(0);
    watch.sized(20, 10, 0, 2);
    for (int step = 1; step <= 5 * accuracies.length; step++) {
      watch.step(step(step, Math.pow(0.5, step)));
      if (step % 5 == 0) {
        watch.validation(
            new ValidationRecord(
                step, 1, 100, 1, Map.of("accuracy", accuracies[step / 5 - 1]), 0.1));
      }
    }
    return watch.outcome(rule, 2, OptionalDouble.of(0.00264), "", HASH);
  }

  private static StepRecord step(long step, double loss) {
    return new StepRecord(
        step, 1, loss, 0.1, 1, Map.of(), GradientNoise.UNKNOWN, 1000, 0.1, 0, 0, 0, 0, 0, null);
  }

  @Test
  void aRowHasAccuraciesAtTheEndsOfEpochsAndTheFirstValidationThatReachesTheGoal() {
    List<RuleOutcome> outcomes =
        List.of(outcome("adam", 0.5, 0.8, 0.95, 0.925), outcome("sgd", 0.1, 0.2, 0.3, 0.4));
    assertThat(outcomes.get(0).goalSeconds().getAsDouble()).isCloseTo(1.5, within(1e-9));
    assertThat(OutcomeTable.markdown(OutcomeTable.rows(outcomes, 0.9)))
        .isEqualTo(
            """
            | rule | state | rate | epoch 1 | 2 | steps to 90 % | weights |
            |---|---|---|---|---|---|---|
            | adam | 2 | 0.00264 | 80.00 % | 92.50 % | 15 | 0123456789ab |
            | sgd | 2 | 0.00264 | 20.00 % | 40.00 % | not reached | 0123456789ab |
            """);
  }

  @Test
  void aRuleThatFailedHasAShorterRow() {
    RuleOutcome failed = new Watch(0.9).outcome("wild", 1.5, OptionalDouble.empty(), "no rate", "");
    assertThat(OutcomeTable.rows(List.of(outcome("sgd", 0.1, 0.2), failed), 0.975).get(2))
        .containsExactly("wild", "1.5", "none", "", "not reached", "no rate");
  }

  @Test
  void thePageHasALineARule() {
    List<RuleOutcome> outcomes = List.of(outcome("adam", 0.5, 0.8), outcome("sgd", 0.1, 0.2));
    assertThat(OutcomeTable.page("small", outcomes, 0.9, "[]"))
        .contains("<title>Update rules compared: small</title>", "\"adam\"", "\"sgd\"")
        .contains("\"label\":\"training loss\",\"log\":true");
  }

  @Test
  void aRunThatBeganAnewIsNotCompared() {
    Watch watch = new Watch(0.9);
    watch.step(step(1, 1));
    assertThatThrownBy(() -> watch.cutBack(0))
        .hasMessage("a run of the comparison lost a server: compare again");
  }

  @Test
  void theFirstLossStandsAndLaterOnesAreSmoothed() {
    List<Double> losses = outcome("adam", 0.5).losses();
    assertThat(losses).hasSize(5);
    assertThat(losses.get(0)).isCloseTo(0.5, within(1e-12));
    // weights 0.95 and 1 over their sum
    assertThat(losses.get(1)).isCloseTo((0.95 * 0.5 + 0.25) / 1.95, within(1e-12));
  }

  @Test
  void unknownRulesAndImpossibleGoalsAreRefused() {
    assertThat(refusal("--only", "sgd,adan"))
        .startsWith("unknown rule 'adan', known: sgd, momentum, ");
    assertThat(refusal("--goal", "97"))
        .startsWith("--goal must be in (0, 1], a fraction such as 0.97, got 97.0");
    assertThat(refusal("--range-steps", "3"))
        .startsWith("compare-optimizers: --steps must be in [10, 10000], got 3");
  }

  private static String refusal(String... arguments) {
    StringWriter err = new StringWriter();
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    int code = CompareOptimizers.execute(arguments, nowhere, new PrintWriter(err, true));
    assertThat(code).isEqualTo(2);
    return err.toString();
  }

  @Test
  void withoutTheMetricThereIsNoComparison() {
    ValidationRecord validation = new ValidationRecord(1, 1, 1, 1, Map.of("r2", 0.4), 0);
    assertThatThrownBy(() -> new Watch(0.9).validation(validation))
        .hasMessage("a comparison needs the metric accuracy, got [r2]");
  }
}
