package io.lockstep.driver.submit;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.common.tree.PartialSums;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.graph.GraphCosts;
import java.util.List;

/** What the largest worker and the largest server hold in proportion to the model. */
public final class Memory {
  /** The chunk as it is sent, in two versions. */
  private static final int SENT_VERSIONS = 2;

  private Memory() {}

  /** Bytes of a worker's parameters, gradients and partial sums; data and activations besides. */
  public static long workerBytes(RunConfiguration run, long elements) {
    return (1L + partialSums(run)) * elements * Float.BYTES;
  }

  /** Of these, bytes on the JVM's heap: gradients and partial sums. */
  public static long workerHeapBytes(RunConfiguration run, long elements) {
    return partialSums(run) * elements * Float.BYTES;
  }

  /**
   * Bytes of a worker's tensors outside the heap: the parameters, and for each thread an engine
   * with what it keeps of a slice.
   */
  public static long workerNativeBytes(RunConfiguration run, Network network) {
    int slices = (run.batch().slices() + run.cluster().workers() - 1) / run.cluster().workers();
    long engine =
        GraphCosts.engineNumbers(network.joined(), run.batch().slice(), network.objective().ends());
    long engines = Math.min(run.cluster().threads(), slices);
    return (network.size() + engines * engine) * Float.BYTES;
  }

  /** Arrays as long as the model that the worker with the most of them has. */
  private static long partialSums(RunConfiguration run) {
    ReductionTree tree = ReductionTree.of(run.batch().slices());
    int workers = run.cluster().workers();
    long most = 0;
    for (int w = 0; w < workers; w++) {
      PartialSums sums =
          new PartialSums(
              tree,
              tree.runStart(w, workers),
              tree.runStart(w + 1, workers),
              1,
              run.cluster().threads());
      most = Math.max(most, sums.buffers());
    }
    return most;
  }

  /**
   * Bytes of a server's parameters, the rule's state and its work space, and the average of the
   * weights; sums that wait for others besides.
   */
  public static long serverBytes(RunConfiguration run, Layout layout) {
    UpdateRule rule = Optimizers.create(run.optimizer(), layout.tensors());
    UpdatePlan plan = UpdatePlan.create(layout, Clip.NONE, rule, Averages.create(run.average()));
    return layout.shards(run.cluster().servers()).stream()
        .mapToLong(shard -> shardBytes(plan, rule, layout, shard))
        .max()
        .orElse(0);
  }

  private static long shardBytes(
      UpdatePlan plan, UpdateRule rule, Layout layout, List<Chunk> shard) {
    long elements = 0;
    long workspace = 0;
    for (Chunk chunk : shard) {
      elements += (1L + SENT_VERSIONS) * chunk.length();
      for (int array = 0; array < plan.stateNames(chunk).size(); array++) {
        elements += plan.stateLength(array, chunk);
      }
      workspace = Math.max(workspace, rule.workspace(layout.tensorOf(chunk)));
    }
    return (elements + workspace) * Float.BYTES;
  }
}
