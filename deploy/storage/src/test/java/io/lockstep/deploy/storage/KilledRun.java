package io.lockstep.deploy.storage;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.Training;
import io.lockstep.driver.cli.ConfigurationFile;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.storage.Storage;
import java.util.List;

/** A run that something happens to at a step; as a process of its own, its end. */
final class KilledRun {
  private KilledRun() {}

  /** Kills its process at step 7: configuration, run directory, settings. */
  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    RunConfiguration run = ConfigurationFile.load(words.get(0), words.subList(2, words.size()));
    train(run, words.get(1), 7, () -> Runtime.getRuntime().halt(137));
  }

  /**
   * Trains in a new run directory.
   *
   * @param strike what happens when a step is done
   */
  static void train(RunConfiguration run, String place, long step, Runnable strike) {
    RunListener struck =
        new RunListener() {
          @Override
          public void step(StepRecord record) {
            if (record.step() == step) {
              strike.run();
            }
          }
        };
    Storage storage = Storage.with(run.cluster().spark());
    try (RunDirectory directory = RunDirectory.create(place, storage)) {
      directory.writeConfiguration(run, "");
      Training.run(run, directory, false, struck);
    }
  }
}
