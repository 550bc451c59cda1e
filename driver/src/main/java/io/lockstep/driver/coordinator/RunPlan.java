package io.lockstep.driver.coordinator;

import io.lockstep.common.config.Placement;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.worker.Milestones;
import io.lockstep.worker.engine.metric.MetricValues;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What is known of a run before it begins.
 *
 * @param runToken the run's secret
 * @param layout of the parameters
 * @param streams M
 * @param training the streams of training examples, for the number of examples of a step
 * @param milestones what happens after which step
 * @param firstStep updates already done, by the checkpoint that is resumed; 0 for a new run
 * @param workers tasks that are submitted at first
 * @param servers shards
 * @param placement where servers live
 * @param serverProcesses how many processes they are dealt to; 0 where they live elsewhere
 * @param serverCanary of what the updates are computed with in the driver, which server processes
 *     must compute too; empty where servers live elsewhere
 * @param door where server processes come to, HOST:PORT; empty where none do
 * @param metrics the figures that follow from the totals of the validation's further sums
 * @param schedule the rate of a step, as it is after the validations before {@code firstStep}
 * @param noise the averages of the gradient's noise after {@code firstStep}
 * @param gradientNorms whether a step's record has the norm of each tensor's gradient
 * @param joinTimeout how long workers and server processes are waited for
 * @param fingerprint the canary of the run that is resumed; empty for a new one
 * @param allowDifferentFingerprint whether a process that computes other bits may take part
 */
public record RunPlan(
    String runToken,
    Layout layout,
    int streams,
    List<StreamSummary> training,
    Milestones milestones,
    long firstStep,
    int workers,
    int servers,
    Placement placement,
    int serverProcesses,
    String serverCanary,
    String door,
    Function<double[], MetricValues> metrics,
    Schedule schedule,
    NoiseAverages noise,
    boolean gradientNorms,
    Duration joinTimeout,
    String fingerprint,
    boolean allowDifferentFingerprint) {

  /** Shards that hold chunks: where there are more servers than chunks, some have nothing to do. */
  int busyShards() {
    return (int) layout.shards(servers).stream().filter(shard -> !shard.isEmpty()).count();
  }

  /** The numbers of the servers that live beside a worker. */
  List<Integer> serversBeside(int worker, int workersNow) {
    return placement == Placement.WORKERS
        ? IntStream.iterate(worker, server -> server < servers, server -> server + workersNow)
            .boxed()
            .toList()
        : List.of();
  }

  /** All servers' numbers. */
  List<Integer> allServers() {
    return IntStream.range(0, servers).boxed().toList();
  }

  /** Examples of the batch of an update, by its number from 1: what the streams still have. */
  long examples(long step) {
    int slice = milestones.epochs().slice();
    long from = milestones.epochs().from(step - 1);
    return training.stream()
        .mapToLong(stream -> Math.max(0, Math.min(slice, stream.count() - from)))
        .sum();
  }

  /** Slices of an update, by its number from 1: streams that have not run out. */
  int slices(long step) {
    long from = milestones.epochs().from(step - 1);
    return (int) training.stream().filter(stream -> stream.count() > from).count();
  }

  /** Examples of so many updates from the beginning. */
  public long examplesUpTo(long step) {
    long perEpoch = milestones.epochs().stepsPerEpoch();
    long wholeEpochs = step / perEpoch;
    long epoch = java.util.stream.LongStream.rangeClosed(1, perEpoch).map(this::examples).sum();
    long rest =
        java.util.stream.LongStream.rangeClosed(1, step % perEpoch).map(this::examples).sum();
    return wholeEpochs * epoch + rest;
  }
}
