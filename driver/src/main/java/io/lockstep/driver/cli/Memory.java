package io.lockstep.driver.cli;

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
import java.util.List;

/** What the largest worker and the largest server hold in proportion to the model. */
final class Memory {
  /** The chunk as it is sent, in two versions. */
  private static final int SENT_VERSIONS = 2;

  private Memory() {}

  /** Bytes of a worker's parameters, gradients and partial sums; data and activations besides. */
  static long workerBytes(RunConfiguration run, long elements) {
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
      most = Math.max(most, 1L + sums.buffers());
    }
    return most * elements * Float.BYTES;
  }

  /**
   * Bytes of a server's parameters, the rule's state and its work space, and the average of the
   * weights; sums that wait for others besides.
   */
  static long serverBytes(RunConfiguration run, Layout layout) {
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
