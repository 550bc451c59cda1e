package io.lockstep.common.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rate for batches of other sizes, and schedules that a run cannot have. */
class BatchScalingTest {
  private static final String RUN =
      """
      name: scaled
      data:
        train: {format: idx, features: images, labels: labels}
        validation: {fraction: 0.1}
        labels: {classes: 4}
      model: {input: [4], layers: [{type: dense, units: 4}]}
      loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
      optimizer: {type: sgd, learningRate: 0.1}
      schedule: {type: cosine, warmup: {steps: 4}}
      batch: {size: 1024, slice: 32}
      train: {steps: 104}
      """;

  private static RunConfiguration run(String... settings) {
    return RunConfiguration.parse(RUN, "run.yaml", List.of(settings));
  }

  private static String scaling(String rule, int baseBatch) {
    return "schedule.batchScaling={rule: " + rule + ", baseBatch: " + baseBatch + "}";
  }

  @Test
  void theRateGrowsWithTheExamplesOfAStepOrWithTheirRoot() {
    assertThat(Schedules.baseRate(run())).isEqualTo(0.1);
    assertThat(Schedules.baseRate(run(scaling("linear", 256)))).isEqualTo(0.4);
    assertThat(Schedules.baseRate(run(scaling("square-root", 256)))).isEqualTo(0.2);
    assertThat(Schedules.baseRate(run(scaling("linear", 4096)))).isEqualTo(0.025);
    assertThat(Schedules.baseRate(run(scaling("linear", 256), "batch.accumulate=4")))
        .as("accumulated batches are one step's")
        .isEqualTo(1.6);
  }

  @Test
  void theWholeScheduleIsScaledItsWarmUpIncluded() {
    Schedule plain = Schedules.create(run(), 104);
    Schedule scaled = Schedules.create(run(scaling("linear", 256)), 104);
    for (long step = 0; step < 110; step++) {
      assertThat(scaled.rate(step)).isCloseTo(4 * plain.rate(step), within(1e-15));
    }
  }

  @Test
  void theResolvedSectionSaysTheRateAndGoesByNewSettings() {
    Options resolved = Schedules.resolve(run(scaling("linear", 256)));
    assertThat(resolved.plain())
        .containsEntry("batchScaling", Map.of("rule", "linear", "baseBatch", 256, "rate", 0.4));
    RunConfiguration again =
        run("schedule.batchScaling={rule: linear, baseBatch: 256, rate: 0.4}", "batch.size=512");
    assertThat(Schedules.baseRate(again)).isEqualTo(0.2);
    assertThat(Schedules.resolve(run()).has(BatchScaling.SECTION)).isFalse();
  }

  @Test
  void badSettingsAreRefusedByText() {
    refused(
        "schedule.batchScaling must be a section (key: value), got 'linear' (--set)",
        "schedule.batchScaling=linear");
    refused(
        "schedule.batchScaling.rule must be one of linear, square-root, got 'root' (--set)",
        scaling("root", 256));
    refused(
        "schedule.batchScaling.baseBatch must be in [1, 2147483647], got 0 (--set)",
        scaling("linear", 0));
    refused(
        "schedule.batchScaling.baseBatch is missing; it must be a whole number, in [1, 2147483647]"
            + " (--set)",
        "schedule.batchScaling={rule: linear}");
    refused(
        "unknown key 'schedule.batchScaling.batch'; known here: rule, baseBatch, rate (--set)",
        "schedule.batchScaling={rule: linear, batch: 256}");
  }

  @Test
  void aScheduleThatLooksAtAMetricNeedsValidation() {
    String plateau = "schedule={type: plateau, factor: 0.5, metric: accuracy}";
    assertThat(Schedules.create(run(plateau), 10).metric()).isEqualTo("accuracy");
    refused(
        "schedule looks at the validation's accuracy, but train.validateEvery is never; add"
            + " data.validation and leave train.validateEvery out, or choose a schedule that looks"
            + " at the step alone (--set)",
        plateau,
        "train.validateEvery=never");
  }

  private static void refused(String message, String... settings) {
    assertThatThrownBy(() -> Schedules.create(run(settings), 10)).hasMessage(message);
  }
}
