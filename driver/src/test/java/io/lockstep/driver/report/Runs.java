package io.lockstep.driver.report;

import io.lockstep.common.config.RunConfiguration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Made-up parts of runs. */
final class Runs {
  private Runs() {}

  static RunConfiguration configuration(String... settings) {
    return RunConfiguration.parse(
        """
        name: made-up
        seed: 42
        data:
          train: {format: csv, path: /data/x.csv, label: y}
          validation: {fraction: 0.25}
          labels: {classes: 3}
        model:
          input: [4]
          layers:
            - {type: dense, name: output, units: 3}
        loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
        optimizer: {type: sgd, learningRate: 0.1}
        batch: {size: 256, slice: 32}
        train: {epochs: 2}
        cluster: {workers: 2}
        """,
        "made-up.yaml",
        List.of(settings));
  }

  static StepRecord step(long step, double loss) {
    return new StepRecord(
        step,
        1,
        loss,
        0.001,
        1.5,
        Map.of(),
        new GradientNoise(Double.NaN, 40, -0.5),
        2560,
        0.1,
        0.08,
        0.01,
        0.01,
        1000,
        2000,
        null);
  }

  static Summary summary() {
    return summary(
        Optional.of(new ValidationRecord(40, 2, 100, 0.125, Map.of("accuracy", 0.975), 0.5)));
  }

  static Summary summary(Optional<ValidationRecord> validation) {
    return new Summary(
        "made-up",
        "made-up-1f2e3d4c",
        40,
        2,
        10240,
        12.5,
        10,
        1024,
        2,
        1,
        "driver",
        List.of(new ServerHome(4711, "localhost", List.of(0))),
        8,
        List.of(4, 4),
        List.of(4711L),
        0,
        0.5,
        OptionalLong.empty(),
        validation,
        List.of(),
        true,
        "abc",
        List.of("one worker fewer than asked for"),
        "00ff",
        Optional.empty());
  }
}
