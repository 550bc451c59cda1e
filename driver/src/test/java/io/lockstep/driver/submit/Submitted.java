package io.lockstep.driver.submit;

import io.lockstep.common.config.RunConfiguration;
import java.util.List;
import java.util.Map;

/** A submission of a small network, and others beside it. */
final class Submitted {
  private static final String YAML =
      """
      name: two-words
      seed: 7
      data:
        train: {format: csv, path: /data/wine.csv, label: class}
        labels: {classes: UNITS}
      model:
        input: [INPUTS]
        layers:
          - {type: dense, name: output, units: UNITS}
      loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
      optimizer: {type: adamw, learningRate: 0.01}
      batch: {size: 32, slice: 4}
      train: {epochs: 5}
      cluster: {workers: 4, threads: 2, spark: {spark.ui.port: 4050}}
      """;

  private Submitted() {}

  static RunConfiguration run(String... settings) {
    return run(13, 3, settings);
  }

  /** A network of so many parameters and a few. */
  static RunConfiguration run(int inputs, int units, String... settings) {
    String yaml =
        YAML.replace("INPUTS", Integer.toString(inputs)).replace("UNITS", Integer.toString(units));
    return RunConfiguration.parse(yaml, "test.yaml", List.of(settings));
  }

  static Submission to(String master, DeployMode mode, Map<String, String> conf) {
    return new Submission(
        run(),
        master,
        mode,
        conf,
        Map.of(),
        null,
        "/opt/build/lockstep-1.jar",
        null,
        List.of(),
        List.of("train", "wine.yaml", "--run-dir", "/runs/1"));
  }

  static Submission inPlace(String master, DeployMode mode, Map<String, String> conf) {
    Submission shipped = to(master, mode, conf);
    return new Submission(
        shipped.run(),
        master,
        mode,
        conf,
        Map.of(),
        null,
        shipped.jar(),
        "/opt/lockstep",
        List.of("/home/me/loss.jar"),
        shipped.arguments());
  }
}
