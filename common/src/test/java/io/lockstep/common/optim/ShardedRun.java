package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Drives an {@link UpdatePlan} as the servers of a run do: every shard has its own totals, visits
 * its chunks in an order of its own, and only sums of chunks travel between shards.
 */
final class ShardedRun {
  private final UpdatePlan plan;
  private final TensorSums tensorSums;
  private final List<List<ChunkState>> shards = new ArrayList<>();
  private final List<Totals> totals = new ArrayList<>();
  private final int chunks;

  /**
   * Cuts the first parameters into shards.
   *
   * @param parameters [layout.size()], the first parameters; copied
   */
  ShardedRun(Layout layout, Clip clip, UpdateRule rule, int shards, float[] parameters) {
    this(layout, UpdatePlan.create(layout, clip, rule), shards, parameters);
  }

  /** As above, by a plan. */
  ShardedRun(Layout layout, UpdatePlan plan, int shards, float[] parameters) {
    this.plan = plan;
    this.tensorSums = TensorSums.of(layout);
    this.chunks = layout.chunks().size();
    for (List<Chunk> run : layout.shards(shards)) {
      List<ChunkState> shard = new ArrayList<>();
      for (Chunk chunk : run) {
        float[] own = new float[chunk.length()];
        System.arraycopy(parameters, (int) chunk.offset(), own, 0, own.length);
        shard.add(plan.newChunk(chunk, own, new float[chunk.length()]));
      }
      Collections.reverse(shard);
      this.shards.add(shard);
      this.totals.add(plan.newTotals());
    }
  }

  /** One update with a mean gradient, [layout.size()]; not modified. */
  void step(Update update, float[] gradient) {
    for (List<ChunkState> shard : shards) {
      for (ChunkState chunk : shard) {
        System.arraycopy(
            gradient, (int) chunk.chunk().offset(), chunk.gradient(), 0, chunk.length());
      }
    }
    for (int round = 0; round < plan.rounds(); round++) {
      round(round, update);
    }
    for (int s = 0; s < shards.size(); s++) {
      for (ChunkState chunk : shards.get(s)) {
        plan.apply(chunk, update, totals.get(s));
      }
    }
  }

  private void round(int round, Update update) {
    double[][] sums = new double[chunks][];
    for (int s = 0; s < shards.size(); s++) {
      for (ChunkState chunk : shards.get(s)) {
        double[] own = new double[plan.sums(round, chunk.tensor())];
        java.util.Arrays.fill(own, Double.NaN); // a round overwrites
        plan.round(round, chunk, update, totals.get(s), own);
        sums[chunk.chunk().index()] = own;
      }
    }
    double[][] reduced = tensorSums.reduce(sums);
    totals.forEach(own -> own.set(round, reduced));
  }

  /** The chunks in the layout's order, whoever holds them. */
  List<ChunkState> chunks() {
    return shards.stream()
        .flatMap(List::stream)
        .sorted(java.util.Comparator.comparing(chunk -> chunk.chunk().index()))
        .toList();
  }

  /** Takes parameters and state of another run, as a resume takes them from a checkpoint. */
  void restore(ShardedRun saved) {
    List<ChunkState> from = saved.chunks();
    for (ChunkState chunk : chunks()) {
      ChunkState source = from.get(chunk.chunk().index());
      System.arraycopy(source.parameters(), 0, chunk.parameters(), 0, chunk.length());
      for (int array = 0; array < plan.stateNames(chunk.chunk()).size(); array++) {
        float[] state = source.state(array);
        System.arraycopy(state, 0, chunk.state(array), 0, state.length);
      }
    }
  }

  /** What the rule evaluates, [layout.size()]. */
  float[] evaluation() {
    return view(View.MODEL);
  }

  /** A view, [layout.size()]. */
  float[] view(View view) {
    List<ChunkState> all = chunks();
    float[] flat = new float[all.stream().mapToInt(ChunkState::length).sum()];
    for (ChunkState chunk : all) {
      float[] own = new float[chunk.length()];
      plan.view(view, chunk, own);
      System.arraycopy(own, 0, flat, (int) chunk.chunk().offset(), own.length);
    }
    return flat;
  }

  /** The parameters, [layout.size()]. */
  float[] parameters() {
    List<ChunkState> all = chunks();
    float[] flat = new float[all.stream().mapToInt(ChunkState::length).sum()];
    for (ChunkState chunk : all) {
      System.arraycopy(chunk.parameters(), 0, flat, (int) chunk.chunk().offset(), chunk.length());
    }
    return flat;
  }
}
