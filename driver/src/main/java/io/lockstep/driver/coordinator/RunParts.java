package io.lockstep.driver.coordinator;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.config.WireSection;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.optim.scale.LossScales;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.worker.Milestones;
import io.lockstep.worker.engine.Network;
import java.util.ArrayList;
import java.util.List;

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
    UpdateRule rule = Optimizers.create(configuration.optimizer(), network.tensors());
    Layout layout = layout(configuration, network, rule);
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
        schedule(configuration, network, milestones.lastStep()),
        update(configuration, layout, rule));
  }

  private static UpdatePlan update(RunConfiguration configuration, Layout layout, UpdateRule rule) {
    UpdatePlan plan =
        UpdatePlan.create(
            layout,
            Clips.create(configuration.clip()),
            rule,
            Averages.create(configuration.average()));
    WireSection wire = configuration.wire();
    return wire.isLossy() ? plan.withLossScale(LossScales.create(wire.lossScale())) : plan;
  }

  /**
   * The layout of a model's parameters, as the update rule needs it.
   *
   * @throws ConfigurationException where the rule needs a tensor whole that is too large for that
   */
  public static Layout layout(RunConfiguration configuration, Network network, UpdateRule rule) {
    try {
      return Layout.of(network.tensors(), configuration.model().chunkElements(), rule::whole);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "optimizer: " + e.getMessage() + "; let another rule update it", e);
    }
  }

  /**
   * The schedule of a run, which may look at what a validation of its network measures.
   *
   * @param totalSteps as {@link Schedules#create} has it
   * @throws ConfigurationException where it looks at something else, or a setting is wrong
   */
  public static Schedule schedule(
      RunConfiguration configuration, Network network, long totalSteps) {
    Schedule schedule = Schedules.create(configuration, totalSteps);
    List<String> known = new ArrayList<>(List.of(Rates.LOSS));
    known.addAll(network.scalarMetricNames());
    String metric = schedule.metric();
    if (metric != null && !known.contains(metric)) {
      throw new ConfigurationException(
          "schedule.metric must be one of "
              + String.join(", ", known)
              + ", got '"
              + metric
              + "' ("
              + configuration.schedule().place()
              + ")");
    }
    return schedule;
  }
}
