package io.lockstep.driver.server.shard;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.View;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The servers of a run in one place. A step has two slices of one example, each with the whole mean
 * gradient g: their mean (g + g) / 2 is g to the bit. Sums of rounds go through {@link
 * RoundTotals}, as at the coordinator.
 */
final class TestServers implements ShardEvents {
  private static final ReductionTree TREE = ReductionTree.of(2);

  private final Layout layout;
  private final UpdatePlan plan;
  private final Schedule schedule;
  private final double baseLearningRate;
  private final RoundTotals roundTotals;
  private final List<ParameterShard> shards = new ArrayList<>();
  private final Deque<RoundSums> rounds = new ArrayDeque<>();
  private final List<StepFailure> failures = new ArrayList<>();

  private TestServers(
      Layout layout,
      UpdatePlan plan,
      Schedule schedule,
      double baseLearningRate,
      int servers,
      long step) {
    this.layout = layout;
    this.plan = plan;
    this.schedule = schedule;
    this.baseLearningRate = baseLearningRate;
    this.roundTotals = new RoundTotals(layout);
    for (List<Chunk> chunks : layout.shards(servers)) {
      if (!chunks.isEmpty()) {
        shards.add(
            new ParameterShard(TREE, layout, chunks, plan, schedule, baseLearningRate, step));
      }
    }
  }

  /**
   * Servers with first parameters.
   *
   * @param parameters [layout.size()]; copied
   */
  static TestServers create(
      Layout layout,
      UpdatePlan plan,
      Schedule schedule,
      double baseLearningRate,
      int servers,
      float[] parameters) {
    TestServers made = new TestServers(layout, plan, schedule, baseLearningRate, servers, 0);
    for (ParameterShard shard : made.shards) {
      for (Chunk chunk : shard.chunks()) {
        float[] values = new float[chunk.length()];
        System.arraycopy(parameters, (int) chunk.offset(), values, 0, values.length);
        shard.initialize(chunk, values);
      }
    }
    return made;
  }

  /** Other servers that go on from here, as from a checkpoint. */
  TestServers movedTo(int servers) {
    long step = shards.get(0).step();
    TestServers made = new TestServers(layout, plan, schedule, baseLearningRate, servers, step);
    for (ParameterShard from : shards) {
      from.forEachChunk(
          (chunk, parameters, state) ->
              made.shards.stream()
                  .filter(shard -> shard.chunks().contains(chunk))
                  .forEach(shard -> shard.load(chunk, parameters.clone(), state)));
    }
    made.shards.forEach(ParameterShard::requireLoaded);
    return made;
  }

  /** One step with a mean gradient, [layout.size()]. */
  void step(float[] gradient) throws ShardException {
    long step = shards.get(0).step();
    for (int slice = 0; slice < TREE.leaves(); slice++) {
      for (int node : TREE.cover(slice, slice + 1)) {
        for (ParameterShard shard : shards) {
          shard.sums(step, node, true, new Scalars(0, 1, 0, 1), this);
          for (Chunk chunk : shard.chunks()) {
            FloatBuffer values = FloatBuffer.wrap(gradient, (int) chunk.offset(), chunk.length());
            shard.gradient(step, node, chunk.index(), values, this);
          }
        }
      }
    }
    while (!rounds.isEmpty()) {
      RoundSums part = rounds.remove();
      double[][] totals = roundTotals.add(part);
      if (totals != null) {
        shards.forEach(shard -> shard.totals(part.step(), part.round(), totals, this));
      }
    }
  }

  /** The parameters, [layout.size()]. */
  float[] parameters() {
    float[] flat = new float[(int) layout.size()];
    for (ParameterShard shard : shards) {
      shard.forEachChunk(
          (chunk, parameters, state) ->
              System.arraycopy(parameters, 0, flat, (int) chunk.offset(), chunk.length()));
    }
    return flat;
  }

  /** What the rule evaluates, [layout.size()]. */
  float[] evaluation() {
    float[] flat = new float[(int) layout.size()];
    for (ParameterShard shard : shards) {
      shard.forEachChunk(
          (chunk, parameters, state) -> {
            float[] evaluated = new float[chunk.length()];
            plan.view(View.MODEL, plan.bind(chunk, parameters, state), evaluated);
            System.arraycopy(evaluated, 0, flat, (int) chunk.offset(), chunk.length());
          });
    }
    return flat;
  }

  /** Steps that could not be applied. */
  List<StepFailure> failures() {
    return failures;
  }

  @Override
  public void chunkReady(int index, long version) {}

  @Override
  public void roundReady(RoundSums sums) {
    rounds.add(sums);
  }

  @Override
  public void stepDone(StepReport report) {}

  @Override
  public void failed(StepFailure failure) {
    failures.add(failure);
  }
}
