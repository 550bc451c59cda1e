package io.lockstep.driver.coordinator;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.worker.Milestones;
import io.lockstep.worker.engine.Network;

/**
 * What follows from a configuration and the size of its data: the same in the driver and in every
 * executor.
 *
 * @param configuration resolved
 * @param network the model
 * @param layout of its parameters
 * @param tree over the slices of a step
 * @param milestones what happens after which step
 * @param schedule the rate of every step
 * @param update what a step does to the parameters
 */
public record RunParts(
    RunConfiguration configuration,
    Network network,
    Layout layout,
    ReductionTree tree,
    Milestones milestones,
    Schedule schedule,
    UpdatePlan update) {
  /**
   * Makes them.
   *
   * @throws io.lockstep.common.config.ConfigurationException for what only their owners can check
   */
  public static RunParts of(RunConfiguration configuration, EpochPlan epochs) {
    Network network = Network.of(configuration);
    Layout layout = Layout.of(network.tensors(), configuration.model().chunkElements());
    Milestones milestones =
        new Milestones(
            epochs,
            configuration.train().totalSteps(epochs.stepsPerEpoch()),
            configuration.train().validateEvery(),
            configuration.checkpoint().everySteps());
    return new RunParts(
        configuration,
        network,
        layout,
        ReductionTree.of(configuration.batch().slices()),
        milestones,
        Schedules.create(
            configuration.schedule(), configuration.learningRate(), milestones.lastStep()),
        UpdatePlan.create(
            layout,
            Clips.create(configuration.clip()),
            Optimizers.create(configuration.optimizer())));
  }
}
