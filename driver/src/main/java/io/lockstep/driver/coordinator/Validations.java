package io.lockstep.driver.coordinator;

import io.lockstep.common.tree.ReductionTree;
import io.lockstep.driver.report.ValidationRecord;
import io.lockstep.worker.StreamSums;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds the validation streams' sums up by the tree, in double; absent + x = x. */
final class Validations {
  private final RunPlan plan;
  private final ReductionTree tree;
  private final TreeMap<Long, Pending> pending = new TreeMap<>();
  private @Nullable ValidationRecord last;

  Validations(RunPlan plan) {
    this.plan = plan;
    this.tree = ReductionTree.of(plan.streams());
  }

  private static final class Pending {
    private final @Nullable StreamSums[] streams;
    private int missing;
    private long nanos;

    Pending(int streams) {
      this.streams = new StreamSums[streams];
      this.missing = streams;
    }
  }

  /** The last complete one. */
  Optional<ValidationRecord> last() {
    return Optional.ofNullable(last);
  }

  /** Whether the validation after a step is there, or none is due. */
  boolean complete(long step) {
    return !plan.milestones().validates(step) || (last != null && last.step() >= step);
  }

  /** Takes one worker's streams; a repetition has the same bits and changes nothing. */
  Optional<ValidationRecord> add(ToCoordinator.ValidationSums sums) {
    if (last != null && last.step() >= sums.step()) {
      return Optional.empty();
    }
    Pending step = pending.computeIfAbsent(sums.step(), s -> new Pending(plan.streams()));
    for (StreamSums stream : sums.sums()) {
      if (step.streams[stream.stream()] == null) {
        step.streams[stream.stream()] = stream;
        step.missing--;
      }
    }
    step.nanos = Math.max(step.nanos, sums.nanos());
    if (step.missing > 0) {
      return Optional.empty();
    }
    pending.remove(sums.step());
    ValidationRecord record = record(sums.step(), step);
    last = record;
    return Optional.of(record);
  }

  /** Forgets what is measured again when the run goes on from a step, the step itself included. */
  void cutBack(long step) {
    pending.tailMap(step, true).clear();
    if (last != null && last.step() >= step) {
      last = null;
    }
  }

  private ValidationRecord record(long step, Pending found) {
    StreamSums total = sum(tree.root(), found.streams);

    return new ValidationRecord(
        step,
        plan.milestones().epochs().epoch(step - 1) + 1,
        total.examples(),
        total.loss() / total.weight(),
        plan.metrics().apply(total.metrics()),
        found.nanos / 1e9);
  }

  private StreamSums sum(int node, @Nullable StreamSums[] streams) {
    if (tree.isLeaf(node)) {
      return java.util.Objects.requireNonNull(streams[tree.firstLeaf(node)]);
    }
    StreamSums left = sum(tree.left(node), streams);
    StreamSums right = sum(tree.right(node), streams);
    if (!left.present() || !right.present()) {
      return left.present() ? left : right;
    }
    double[] metrics = new double[left.metrics().length];
    for (int k = 0; k < metrics.length; k++) {
      metrics[k] = left.metrics()[k] + right.metrics()[k];
    }
    return new StreamSums(
        left.stream(),
        true,
        left.examples() + right.examples(),
        left.loss() + right.loss(),
        left.weight() + right.weight(),
        metrics);
  }
}
