package io.lockstep.driver.cli;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.schedule.Schedules;
import java.nio.file.Path;

/** Fills in what the registries know, and lets every one of them check its section. */
final class Resolution {
  private Resolution() {}

  /**
   * The configuration with absolute paths and with the defaults of what it names.
   *
   * @param folder where relative paths begin
   * @throws io.lockstep.common.config.ConfigurationException where something named is unknown, or a
   *     setting of it is wrong
   */
  static RunConfiguration resolve(RunConfiguration run, Path folder) {
    Optimizers.create(run.optimizer());
    Clips.create(run.clip());
    Schedules.create(run.schedule(), run.learningRate(), 1);
    return run.withSections(
        run.data(),
        run.model(),
        run.loss(),
        Optimizers.REGISTRY.resolve(run.optimizer()),
        Schedules.REGISTRY.resolve(run.schedule()),
        run.clip().isEmpty() ? Options.empty() : Clips.REGISTRY.resolve(run.clip()));
  }
}
