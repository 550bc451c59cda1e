package io.lockstep.driver.server.actor;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.worker.Fingerprint;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerCanaryTest {
  private static final String RUN =
      """
      name: canary
      seed: 1
      data: {train: {format: csv, path: nowhere, label: class}, labels: {classes: 4}}
      model:
        input: [1, 8, 8]
        layers:
          - {type: conv2d, name: filters, filters: 5, kernel: 3}
          - {type: batch-norm, name: normal}
          - {type: flatten}
          - {type: dense, name: output, units: 4}
      loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
      batch: {size: 56, slice: 8}
      train: {steps: 10}
      optimizer: {type: sgd, learningRate: 0.1}
      """;

  private static Fingerprint fingerprint(String... set) {
    RunConfiguration run = RunConfiguration.parse(RUN, "canary.yaml", List.of(set));
    return ServerCanary.fingerprint(RunParts.of(run, new EpochPlan(8, 7)));
  }

  private static String canary(String... set) {
    return fingerprint(set).canary();
  }

  @Test
  void oneConfigurationHasOneCanaryWhereverItIsComputed() {
    assertThat(canary()).hasSize(64).isEqualTo(canary());
    assertThat(
            canary(
                "cluster.workers=3",
                "cluster.servers=2",
                "cluster.placement=workers",
                "cluster.threads=2"))
        .isEqualTo(canary());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer={type: sgd, learningRate: 0.2}",
        "optimizer={type: momentum, learningRate: 0.1}",
        "clip={type: value, maximum: 0.01}",
        "clip={type: global-norm, maximum: 0.01}",
        "average={type: ema}"
      })
  void whatServersComputeOtherwiseHasAnotherCanary(String change) {
    assertThat(canary(change)).isNotEqualTo(canary());
  }

  /** A rule that cannot be computed on a few elements would let in whatever computes it. */
  @Test
  void everyRuleHasACanaryOfItsOwn() {
    Map<String, List<String>> rulesOfCanary =
        Optimizers.ALL.stream()
            .map(optimizer -> optimizer.name())
            .collect(
                Collectors.groupingBy(
                    name -> canary("optimizer={type: " + name + ", learningRate: 0.1}")));
    assertThat(rulesOfCanary.values()).allSatisfy(rules -> assertThat(rules).hasSize(1));
  }

  @Test
  void itsDescriptionSaysWhichJavaAndWhichProcessorItWas() {
    assertThat(fingerprint().toString())
        .contains(System.getProperty("java.vm.version"), System.getProperty("os.arch"));
  }
}
