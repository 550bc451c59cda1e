package io.lockstep.common.config;

import static io.lockstep.common.config.RunConfigurationTest.EXAMPLE;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunConfigurationRefusalsTest {
  /** Each line: what stands in the example, what is put there, the whole message. */
  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          seed: 42 ~ sed: 42 ~ unknown key 'sed', did you mean 'seed'? known here: name, seed, data, model, loss, metrics, optimizer, schedule, clip, wire, average, batch, train, cluster, checkpoint, allowDifferentFingerprint (run.yaml:2)
          seed: 42 ~ seed: 1.5 ~ seed must be a whole number, got 1.5 (run.yaml:2)
          name: mnist-mlp ~ name: ../x ~ name must be letters, digits, '.', '_' or '-', a letter or digit first, got '../x' (run.yaml:1)
          scale: {divide: 255} ~ scale: {divde: 255} ~ unknown key 'data.scale.divde', did you mean 'divide'? known here: divide, standardize, channels (run.yaml:6)
          scale: {divide: 255} ~ scale: {divide: 0} ~ data.scale.divide must be > 0, got 0 (run.yaml:6)
          scale: {divide: 255} ~ scale: half ~ data.scale must be none, {divide: number}, {standardize: true} or {channels: {...}}, got 'half' (run.yaml:6)
          scale: {divide: 255} ~ scale: {divide: 2, standardize: true} ~ data.scale must have divide or standardize, not both (run.yaml:6)
          scale: {divide: 255} ~ scale: {standardize: true, channels: {standardize: true}} ~ data.scale must have standardize or channels, not both (run.yaml:6)
          scale: {divide: 255} ~ scale: {channels: {}} ~ data.scale.channels must have either mean and std, a number a channel, or standardize: true (run.yaml:6)
          scale: {divide: 255} ~ scale: {channels: {standardize: true, std: [1]}} ~ data.scale.channels must have either mean and std, a number a channel, or standardize: true (run.yaml:6)
          scale: {divide: 255} ~ scale: {channels: {mean: [0, 1], std: [1]}} ~ data.scale.channels must have as many numbers of mean as of std, one a channel, got 2 and 1 (run.yaml:6)
          scale: {divide: 255} ~ scale: {channels: {mean: [0], std: [0]}} ~ data.scale.channels.std[0] must be > 0, got 0 (run.yaml:6)
          scale: {divide: 255} ~ scale: {divide: 255, channels: {standardize: true}} ~ data.scale.divide must not be there beside channels: {standardize: true}, got 255 (run.yaml:6)
          labels: {classes: 10} ~ labels: {classes: 1} ~ data.labels.classes must be in [2, 16777216], got 1 (run.yaml:7)
          labels: {classes: 10} ~ labels: {} ~ data.labels must have either classes: number, regression: true or none: true (run.yaml:7)
          labels: {classes: 10} ~ labels: {classes: 10, regression: true} ~ data.labels must have either classes: number, regression: true or none: true (run.yaml:7)
          labels: {classes: 10} ~ labels: {classes: 3, names: [a, b]} ~ data.labels.classes must be the number of names (2), got 3 (run.yaml:7)
          labels: {classes: 10} ~ labels: {names: [a, a]} ~ data.labels.names must differ from each other, got [a, a] (run.yaml:7)
          input: [784] ~ input: [28, 28, 1, 1] ~ model.input must be [features], [length, width] or [channels, height, width], got [28, 28, 1, 1] (run.yaml:9)
          input: [784] ~ input: 784 ~ model.input must be a list of whole numbers, got 784 (run.yaml:9)
          optimizer: {type: adamw, learningRate: 1e-3, weightDecay: 0.01} ~ optimizer: {type: adamw} ~ optimizer.learningRate is missing; it must be a number, >= 0 (run.yaml:15)
          optimizer: {type: adamw, learningRate: 1e-3, weightDecay: 0.01} ~ optimizer: {type: adamw, learningRate: -1} ~ optimizer.learningRate must be >= 0, got -1 (run.yaml:15)
          clip: {type: global-norm, maximum: 1.0} ~ wire: {gradients: float17} ~ wire.gradients must be one of float32, float16, bfloat16, got 'float17', did you mean 'float16'? (run.yaml:17)
          clip: {type: global-norm, maximum: 1.0} ~ wire: {lossScale: {type: dynamic}} ~ wire.lossScale must not be given where wire.gradients is float32: nothing is rounded and nothing overflows; leave it out, or set wire.gradients to float16 (run.yaml:17)
          clip: {type: global-norm, maximum: 1.0} ~ wire: {gradient: float16} ~ unknown key 'wire.gradient', did you mean 'gradients'? known here: gradients, lossScale (run.yaml:17)
          size: 256, slice: 32 ~ size: 100, slice: 32 ~ batch.size must be a multiple of batch.slice (32), such as 96 or 128, got 100 (run.yaml:18)
          size: 256, slice: 32 ~ size: 16, slice: 32 ~ batch.size must be a multiple of batch.slice (32), such as 32, got 16 (run.yaml:18)
          slice: 32, ~ slice: 32, accumulate: 0, ~ batch.accumulate must be in [1, 16777216], got 0 (run.yaml:18)
          slice: 32, ~ slice: 32, accumulate: 65537, ~ batch.accumulate must be at most 65536, so that a step has 2^24 examples, got 65537 (run.yaml:18)
          size: 256, slice: 32 ~ slice: 32 ~ batch.size is missing; it must be a whole number, in [1, 16777216] (run.yaml:18)
          incomplete: keep ~ incomplete: keeep ~ batch.incomplete must be one of keep, drop, got 'keeep', did you mean 'keep'? (run.yaml:18)
          epochs: 5, ~ epochs: 5, steps: 7, ~ train must have either epochs or steps (run.yaml:19)
          epochs: 5, ~ epochs: 0, ~ train.epochs must be in [1, 2147483647], got 0 (run.yaml:19)
          validateEvery: {epochs: 1} ~ validateEvery: often ~ train.validateEvery must be never, {epochs: number} or {steps: number}, got 'often' (run.yaml:19)
          validateEvery: {epochs: 1} ~ validateEvery: {epochs: 1, steps: 2} ~ train.validateEvery must have either epochs or steps (run.yaml:19)
          workers: 2 ~ workers: 9 ~ cluster.workers must be at most the slices of a step (8 = batch.size 256 / batch.slice 32), for every worker computes at least one; take fewer workers or a smaller batch.slice, got 9 (run.yaml:20)
          workers: 2 ~ workers: 0 ~ cluster.workers must be in [1, 1048576], got 0 (run.yaml:20)
          workers: 2 ~ workers: two ~ cluster.workers must be a whole number, got 'two' (run.yaml:20)
          placement: driver ~ placement: worker ~ cluster.placement must be one of driver, workers, processes, got 'worker', did you mean 'workers'? (run.yaml:20)
          threads: 1 ~ joinTimeout: soon ~ cluster.joinTimeout must be a duration such as 500ms, 30s, 5m or 1h, got 'soon' (run.yaml:20)
          threads: 1 ~ failureTimeout: 500ms ~ cluster.failureTimeout must be longer than cluster.heartbeat (1s), got '500ms' (run.yaml:20)
          everySteps: 200 ~ everySteps: 0 ~ checkpoint.everySteps must be in [1, 1000000000000000], got 0 (run.yaml:21)
          """)
  void aWrongValueIsRefusedWithItsPlaceTheRuleAndTheWayOut(
      String before, String after, String message) {
    org.assertj.core.api.Assertions.assertThat(EXAMPLE).contains(before);
    assertRefused(EXAMPLE.replace(before, after), message);
  }

  @org.junit.jupiter.api.Test
  void validationNeedsAnotherSourceOrAFractionInsideZeroAndOne() {
    String line = EXAMPLE.lines().filter(l -> l.contains("validation:")).findFirst().orElseThrow();
    assertRefused(
        EXAMPLE.replace(line, "  validation: {fraction: 1}"),
        "data.validation.fraction must be in (0, 1), got 1 (run.yaml:5)");
    assertRefused(
        EXAMPLE.replace(line, "  validation: {fraction: 0.1, format: csv}"),
        "unknown key 'data.validation.format'; known here: fraction (run.yaml:5)");
    assertRefused(
        EXAMPLE.replace(line + "\n", ""),
        "train.validateEvery needs data.validation, which is missing; add it or leave this out,"
            + " got {epochs=1} (run.yaml:18)");
  }

  @org.junit.jupiter.api.Test
  void aMissingSectionIsNamed() {
    assertRefused(
        EXAMPLE.replaceAll("(?m)^batch.*\n", ""),
        "batch is missing; it must be a section (key: value) (run.yaml:1)");
    assertRefused("- 1\n", "the configuration must be a section (key: value) (run.yaml:1)");
    assertRefused(
        EXAMPLE.replaceAll("(?m)^loss.*$", "loss: mse"),
        "loss must be a section (key: value), got 'mse' (run.yaml:14)");
  }

  private static void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> RunConfiguration.parse(yaml, "run.yaml"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }
}
