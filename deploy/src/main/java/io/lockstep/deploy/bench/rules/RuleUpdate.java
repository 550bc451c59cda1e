package io.lockstep.deploy.bench.rules;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.TensorSums;
import io.lockstep.common.optim.Totals;
import io.lockstep.common.optim.Update;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** An update by a rule, on one thread and chunk by chunk, as a server that has all chunks does. */
public final class RuleUpdate implements Runnable {
  private static final int COLUMNS = 1024;
  private static final double RATE = 1e-6;

  private final UpdatePlan plan;
  private final TensorSums tensorSums;
  private final List<ChunkState> chunks = new ArrayList<>();
  private final Totals totals;
  private long number;

  /**
   * An update of new parameters.
   *
   * @param options the section {@code optimizer}
   */
  public RuleUpdate(Layout layout, Map<String, Object> options) {
    UpdateRule rule = Optimizers.create(Options.of("optimizer", options));
    this.plan = UpdatePlan.create(layout, Clip.NONE, rule);
    this.tensorSums = TensorSums.of(layout);
    this.totals = plan.newTotals();
    for (Chunk chunk : layout.chunks()) {
      chunks.add(plan.newChunk(chunk, values(chunk, 1), values(chunk, 2)));
    }
  }

  /** Matrices of 1024 x 1024, as many as come to so many parameters or a few less. */
  public static Layout layout(RuleWork work, long parameters) {
    List<TensorSpec> tensors = new ArrayList<>();
    for (int t = 0; t < Math.max(1, parameters / COLUMNS / COLUMNS); t++) {
      tensors.add(new TensorSpec("hidden" + t + ".W", List.of(COLUMNS, COLUMNS), Role.WEIGHT));
    }
    UpdateRule rule = Optimizers.create(Options.of("optimizer", work.options()));
    return Layout.of(tensors, Layout.DEFAULT_CHUNK_ELEMENTS, rule::whole);
  }

  /** State arrays as long as a tensor; those of a few elements do not count. */
  static int stateArrays(UpdateRule rule, TensorSpec tensor) {
    Layout layout = Layout.of(List.of(tensor), Layout.DEFAULT_CHUNK_ELEMENTS);
    Chunk chunk = layout.chunks().get(0);
    int arrays = 0;
    for (int a = 0; a < rule.stateNames(tensor).size(); a++) {
      if (rule.stateLength(a, tensor, chunk) >= chunk.length()) {
        arrays++;
      }
    }
    return arrays;
  }

  @Override
  public void run() {
    Update update = new Update(++number, RATE);
    for (int round = 0; round < plan.rounds(); round++) {
      double[][] sums = new double[chunks.size()][];
      for (ChunkState chunk : chunks) {
        double[] own = new double[plan.sums(round, chunk.tensor())];
        plan.round(round, chunk, update, totals, own);
        sums[chunk.chunk().index()] = own;
      }
      totals.set(round, tensorSums.reduce(sums));
    }
    for (ChunkState chunk : chunks) {
      plan.apply(chunk, update, totals);
    }
  }

  /** Values in (-0.5, 0.5), none of them zero: no rule meets denormals. */
  static float[] values(Chunk chunk, int seed) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003L + chunk.index());
    float[] values = new float[chunk.length()];
    for (int i = 0; i < values.length; i++) {
      float value = 0.01f + 0.48f * (float) random.nextDouble();
      values[i] = random.nextBoolean() ? value : -value;
    }
    return values;
  }
}
