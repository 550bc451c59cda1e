package io.lockstep.driver.coordinator;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.TensorSums;
import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.report.GradientNoise;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.StepTimes;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the lines of {@code steps.jsonl} together: the servers say what a step came to, the workers,
 * a little later and several steps at a time, where their time went. A line is ready when all have
 * spoken; workers are not waited for longer than {@link #PATIENCE}, since one that died never will.
 */
final class Steps {
  /** How long a line waits for the workers' times. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final RunPlan plan;
  private final Rates rates;
  private final TensorSums tensorSums;

  private final ServerClocks clocks = new ServerClocks();
  private final TreeMap<Long, Pending> pending = new TreeMap<>();
  private final TreeMap<Long, Long> pauses = new TreeMap<>();

  /** The averages after the last line, and after those from which the run may go on. */
  private final TreeMap<Long, NoiseAverages> noise = new TreeMap<>();

  private long next;
  private long lastNanos;

  Steps(RunPlan plan, Rates rates) {
    this.plan = plan;
    this.rates = rates;
    this.noise.put(plan.firstStep(), plan.noise());
    this.tensorSums = TensorSums.of(plan.layout());
    this.next = plan.firstStep() + 1;
  }

  /** What is known of one step. */
  private static final class Pending {
    private final double[][] squares;
    private final boolean[] applied;
    private final Map<Integer, StepTimes> times = new HashMap<>();
    private int missing;
    private Scalars batch = Scalars.NONE;
    private double loss;
    private @Nullable ScaledStep scaled;

    /** When the last server had applied it. */
    private long nanos = Long.MIN_VALUE;

    /** When the last of them said so. */
    private long heard;

    Pending(Layout layout, int servers, int busyShards) {
      this.squares = new double[layout.chunks().size()][];
      this.applied = new boolean[servers];
      this.missing = busyShards;
    }
  }

  /** The first step whose line is not out. */
  long next() {
    return next;
  }

  /** Time begins to count for the next step. */
  void startClock(long now) {
    lastNanos = now;
  }

  /** Training waited for so long after a step; the next step's time leaves that out. */
  void pause(long afterStep, long nanos) {
    pauses.put(afterStep, nanos);
  }

  /** Whether the server's report of the step before never came: a server reports every step. */
  boolean isAfterGap(ToCoordinator.StepApplied applied) {
    long before = applied.report().step();
    @Nullable Pending step = pending.get(before);
    return before >= next && (step == null || !step.applied[applied.server()]);
  }

  void applied(ToCoordinator.StepApplied applied, long now) {
    StepReport report = applied.report();
    if (report.step() + 1 < next) {
      return;
    }
    Pending step = pendingOf(report.step() + 1);
    if (step.applied[applied.server()]) {
      return;
    }
    step.applied[applied.server()] = true;
    step.missing--;
    step.batch = report.batch();
    step.loss = report.loss();
    step.scaled = report.scaled();
    for (int c = 0; c < report.gradientSquares().length; c++) {
      step.squares[report.firstChunk() + c] = new double[] {report.gradientSquares()[c]};
    }
    step.nanos = Math.max(step.nanos, clocks.toOwn(applied, now));
    step.heard = now;
  }

  void times(int worker, List<StepTimes> times) {
    for (StepTimes each : times) {
      if (each.step() >= next) {
        pendingOf(each.step()).times.put(worker, each);
      }
    }
  }

  /**
   * The next line, where it is ready.
   *
   * @param workers how many times to wait for
   */
  java.util.Optional<StepRecord> poll(int workers, long now) {
    Pending step = pending.get(next);
    if (step == null || step.missing > 0) {
      return java.util.Optional.empty();
    }
    if (step.times.size() < workers && now - step.heard < PATIENCE.toNanos()) {
      return java.util.Optional.empty();
    }
    pending.remove(next);
    StepRecord line = line(next, step);
    lastNanos = step.nanos;
    next++;
    return java.util.Optional.of(line);
  }

  /** Forgets every step after this one: they will be made again. */
  void cutBack(long step) {
    pending.tailMap(step, false).clear();
    noise.tailMap(step, false).clear();
    next = Math.min(next, step + 1);
  }

  private StepRecord line(long step, Pending found) {
    long pause = pauses.getOrDefault(step - 1, 0L);
    pauses.headMap(step).clear();
    double seconds = Math.max(1, found.nanos - lastNanos - pause) / 1e9;
    double[][] tensors = tensorSums.reduce(found.squares);
    double squares = 0;
    for (double[] tensor : tensors) {
      squares += tensor[0];
    }
    return new StepRecord(
        step,
        plan.milestones().epochs().epoch(step - 1) + 1,
        found.loss,
        rates.rate(step - 1),
        Math.sqrt(squares),
        plan.gradientNorms() ? norms(tensors) : Map.of(),
        noise(step, found.batch, squares),
        plan.examples(step) / seconds,
        seconds,
        slowest(found, StepTimes::computeNanos),
        slowest(found, StepTimes::sendNanos),
        slowest(found, StepTimes::waitNanos),
        ofAll(found, StepTimes::sentBytes),
        ofAll(found, StepTimes::receivedBytes),
        found.scaled);
  }

  /** By name, of what has a gradient. */
  private Map<String, Double> norms(double[][] squares) {
    Map<String, Double> norms = new LinkedHashMap<>();
    List<TensorSpec> tensors = plan.layout().tensors();
    for (int t = 0; t < squares.length; t++) {
      if (Role.trained().contains(tensors.get(t).role())) {
        norms.put(tensors.get(t).name(), Math.sqrt(squares[t][0]));
      }
    }
    return norms;
  }

  private GradientNoise noise(long step, Scalars batch, double gradientSquare) {
    GradientNoise estimate = NoiseAverages.estimate(batch, gradientSquare, plan.slices(step));
    var before = noise.lastEntry();
    NoiseAverages averages = before.getValue().after(estimate);
    if (before.getKey() != plan.firstStep() && !plan.milestones().checkpoints(before.getKey())) {
      noise.remove(before.getKey());
    }
    noise.put(step, averages);
    return estimate.withScale(averages.scale());
  }

  /** The averages of the gradient's noise after a step whose line is the last, or a checkpoint. */
  NoiseAverages noise(long step) {
    return java.util.Objects.requireNonNull(noise.get(step));
  }

  private static double slowest(Pending step, java.util.function.ToLongFunction<StepTimes> part) {
    return step.times.values().stream().mapToLong(part).max().orElse(0) / 1e9;
  }

  private static long ofAll(Pending step, java.util.function.ToLongFunction<StepTimes> part) {
    return step.times.values().stream().mapToLong(part).sum();
  }

  private Pending pendingOf(long step) {
    return pending.computeIfAbsent(
        step, s -> new Pending(plan.layout(), plan.servers(), plan.busyShards()));
  }
}
