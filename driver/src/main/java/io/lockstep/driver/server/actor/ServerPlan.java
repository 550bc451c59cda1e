package io.lockstep.driver.server.actor;

import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.weights.NamedWeights;
import io.lockstep.worker.Milestones;
import io.lockstep.worker.link.Endpoint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What all servers of a run have in common.
 *
 * @param runToken the run's secret
 * @param servers how many there are
 * @param layout of the parameters
 * @param tree over the slices of a step
 * @param gradients the form in which they are to come
 * @param update what a step does
 * @param schedule the rate of a step, as it is before the first one
 * @param baseLearningRate that the schedule starts from
 * @param firstValues of the parameters, where there is no checkpoint yet
 * @param begun whether there is always one: of step 0, because first values come from files
 * @param milestones after which steps checkpoints are written
 * @param checkpoints where they lie
 * @param endpoint of the first server at a place; the ports of others follow
 * @param socketFolder of the run's Unix-domain sockets on this host; null for a private one
 */
public record ServerPlan(
    String runToken,
    int servers,
    Layout layout,
    ReductionTree tree,
    GradientForm gradients,
    UpdatePlan update,
    Schedule schedule,
    double baseLearningRate,
    FirstValues firstValues,
    boolean begun,
    Milestones milestones,
    Checkpoints checkpoints,
    Endpoint endpoint,
    @Nullable Path socketFolder) {
  /** The first values of any run of a tensor's elements. */
  @FunctionalInterface
  public interface FirstValues {
    /**
     * Computes them.
     *
     * @param tensor its number in the layout
     * @param from the first element within the tensor
     * @param target receives them, from 0
     * @param length how many
     */
    void fill(int tensor, int from, float[] target, int length);
  }

  /** The plan of a run's servers at one place. */
  public static ServerPlan of(
      RunParts parts,
      String runToken,
      Checkpoints checkpoints,
      Endpoint endpoint,
      @Nullable Path socketFolder) {
    long seed = parts.configuration().seed();
    return new ServerPlan(
        runToken,
        parts.configuration().cluster().servers(),
        parts.layout(),
        parts.tree(),
        parts.configuration().wire().gradients(),
        parts.update(),
        parts.schedule(),
        Schedules.baseRate(parts.configuration()),
        (tensor, from, target, length) ->
            parts.network().initialize(seed, tensor, from, target, 0, length),
        NamedWeights.areIn(parts.configuration(), parts.network()),
        parts.milestones(),
        checkpoints,
        endpoint,
        socketFolder);
  }

  /** The same plan with other first values. */
  public ServerPlan withFirstValues(FirstValues newFirstValues) {
    return new ServerPlan(
        runToken,
        servers,
        layout,
        tree,
        gradients,
        update,
        schedule,
        baseLearningRate,
        newFirstValues,
        begun,
        milestones,
        checkpoints,
        endpoint,
        socketFolder);
  }

  /** Shards that hold chunks. */
  long busyShards() {
    return layout.shards(servers).stream().filter(shard -> !shard.isEmpty()).count();
  }
}
