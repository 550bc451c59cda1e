package io.lockstep.driver.coordinator;

import io.lockstep.common.tree.ReductionTree;
import io.lockstep.driver.report.ValidationRecord;
import io.lockstep.worker.StreamSums;
import io.lockstep.worker.engine.metric.MetricValues;
import java.util.List;
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

  /** The sums by one set of weights, as they come in. */
  private static final class Gathered {
    private final @Nullable StreamSums[] streams;
    private int missing;

    Gathered(int streams) {
      this.streams = new StreamSums[streams];
      this.missing = streams;
    }

    void add(List<StreamSums> sums) {
      for (StreamSums stream : sums) {
        if (streams[stream.stream()] == null) {
          streams[stream.stream()] = stream;
          missing--;
        }
      }
    }
  }

  private static final class Pending {
    private final Gathered model;
    private final Gathered average;
    private long nanos;

    Pending(int streams) {
      this.model = new Gathered(streams);
      this.average = new Gathered(streams);
    }

    /** A worker hands over both at once, so the average is complete when it is kept at all. */
    boolean isComplete() {
      return model.missing == 0;
    }

    boolean hasAverage() {
      return average.missing == 0;
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

  /** Whether the sums of all streams in {@code [from, to)} are there, or none are due any more. */
  boolean has(long step, int from, int to) {
    Pending found = pending.get(step);
    return complete(step)
        || (found != null
            && java.util.stream.IntStream.range(from, to)
                .allMatch(stream -> found.model.streams[stream] != null));
  }

  /** Takes one worker's streams; a repetition has the same bits and changes nothing. */
  Optional<ValidationRecord> add(ToCoordinator.ValidationSums sums) {
    if (last != null && last.step() >= sums.step()) {
      return Optional.empty();
    }
    Pending step = pending.computeIfAbsent(sums.step(), s -> new Pending(plan.streams()));
    step.model.add(sums.sums());
    step.average.add(sums.average());
    step.nanos = Math.max(step.nanos, sums.nanos());
    if (!step.isComplete()) {
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
    StreamSums total = sum(tree.root(), found.model.streams);
    MetricValues values = plan.metrics().apply(total.metrics());
    return new ValidationRecord(
        step,
        plan.milestones().epochs().epoch(step - 1) + 1,
        total.examples(),
        total.loss() / total.weight(),
        values.scalars(),
        values.lists(),
        found.hasAverage() ? Optional.of(average(found)) : Optional.empty(),
        found.nanos / 1e9);
  }

  private ValidationRecord.Average average(Pending found) {
    StreamSums total = sum(tree.root(), found.average.streams);
    MetricValues values = plan.metrics().apply(total.metrics());
    return new ValidationRecord.Average(
        total.loss() / total.weight(), values.scalars(), values.lists());
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
