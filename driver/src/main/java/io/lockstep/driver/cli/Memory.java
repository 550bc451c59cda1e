package io.lockstep.driver.cli;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdateRule;
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
   * Bytes of a server's parameters, the rule's state and its work space; sums that wait for others
   * besides.
   */
  static long serverBytes(RunConfiguration run, Layout layout) {
    UpdateRule rule = Optimizers.create(run.optimizer(), layout.tensors());
    return layout.shards(run.cluster().servers()).stream()
        .mapToLong(shard -> shardBytes(rule, layout, shard))
        .max()
        .orElse(0);
  }

  private static long shardBytes(UpdateRule rule, Layout layout, List<Chunk> shard) {
    long elements = 0;
    long workspace = 0;
    for (Chunk chunk : shard) {
      elements += (1L + SENT_VERSIONS) * chunk.length();
      TensorSpec tensor = layout.tensorOf(chunk);
      for (int array = 0; array < rule.stateNames(tensor).size(); array++) {
        elements += rule.stateLength(array, tensor, chunk);
      }
      workspace = Math.max(workspace, rule.workspace(tensor));
    }
    return (elements + workspace) * Float.BYTES;
  }
}
