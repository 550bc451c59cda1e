package io.lockstep.common.config;

import static io.lockstep.common.config.RunConfigurationTest.EXAMPLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  void aSettingReplacesTheFilesValue() {
    RunConfiguration run = with("seed=7", "batch.slice=64", "optimizer.learningRate=1e-2");
    assertThat(run.seed()).isEqualTo(7);
    assertThat(run.batch().slices()).isEqualTo(4);
    assertThat(run.learningRate()).isEqualTo(0.01);
  }

  @Test
  void aSettingMakesSectionsThatTheFileDoesNotHave() {
    assertThat(with("cluster.spark.spark.executor.memory=2g").cluster().spark())
        .containsEntry("spark.executor.memory", "2g");
  }

  @Test
  void theLastOfTwoSettingsWins() {
    assertThat(with("seed=7", "seed=8").seed()).isEqualTo(8);
  }

  @Test
  void aValueIsReadAsYaml() {
    RunConfiguration run = with("model.input=[1, 28, 28]", "data.scale={standardize: true}");
    assertThat(run.model().inputs().get("input")).containsExactly(1, 28, 28);
    assertThat(run.data().scale()).isEqualTo(new Scaling.Standardize());
  }

  @Test
  void aValueMayHoldAnEqualsSign() {
    assertThat(with("cluster.spark.x=a=b").cluster().spark()).containsEntry("x", "a=b");
  }

  @Test
  void elementsOfListsCanBeSet() {
    RunConfiguration run = with("model.layers[0].units=128", "model.input[0]=100");
    assertThat(run.model().layers().get(0).plain()).containsEntry("units", 128);
    assertThat(run.model().inputs().get("input")).containsExactly(100);
  }

  @Test
  void stepsReplaceEpochsAndEpochsReplaceSteps() {
    RunConfiguration steps = with("train.steps=20");
    assertThat(steps.train().steps()).hasValue(20);
    assertThat(steps.train().epochs()).isEmpty();
    RunConfiguration epochs = with("train.steps=20", "train.epochs=3");
    assertThat(epochs.train().epochs()).hasValue(3);
    assertThat(epochs.train().steps()).isEmpty();
  }

  @Test
  void aWrongSettingIsRefused() {
    assertRefused("seed", "--set must be key=value, such as train.epochs=3, got 'seed'");
    assertRefused("=3", "--set must be key=value, such as train.epochs=3, got '=3'");
    assertRefused(
        "model..units=3",
        "cannot set 'model..units': a path is keys joined by dots, with [number] after a list,"
            + " such as model.layers[0].units");
    assertRefused(
        "model.layers[3].units=3",
        "cannot set model.layers[3].units: model.layers has 3 elements, from 0 (run.yaml:10)");
    assertRefused("batch[0]=3", "cannot set batch[0]: batch is not a list (run.yaml:18)");
    assertRefused("seed.x=3", "cannot set seed.x: seed is not a section (run.yaml:2)");
    assertRefused("seed=x", "seed must be a whole number, got 'x' (--set)");
    assertRefused("seed=", "seed must be a whole number, got null (--set)");
    assertRefused(
        "sed=1", "unknown key 'sed', did you mean 'seed'? known here: " + TOP + " (--set)");
    assertRefused(
        "batch.size=[1",
        "this is not YAML: while parsing a flow sequence, expected ',' or ']',"
            + " but got <stream end>, got '[1' (--set)");
  }

  private static final String TOP =
      "name, seed, data, model, loss, metrics, optimizer, schedule, clip, wire, average, batch,"
          + " train, cluster, checkpoint, allowDifferentFingerprint";

  private static RunConfiguration with(String... settings) {
    return RunConfiguration.parse(EXAMPLE, "run.yaml", List.of(settings));
  }

  private static void assertRefused(String setting, String message) {
    assertThatThrownBy(() -> with(setting))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }
}
