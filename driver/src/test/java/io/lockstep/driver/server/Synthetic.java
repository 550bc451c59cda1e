package io.lockstep.driver.server;

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
import io.lockstep.common.optim.View;
import io.lockstep.common.optim.WeightAverage;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.optim.scale.LossScale;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.tree.PlainTree;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.shard.ParameterShard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A made-up training: gradients that depend on the step, the stream and the parameters, streams
 * that are absent now and then, and a plain loop that trains without shards, links or threads.
 */
public final class Synthetic {
  /** The rate of the first step. */
  public static final double BASE_LEARNING_RATE = 0.01;

  private static final List<TensorSpec> TENSORS =
      List.of(
          new TensorSpec("hidden.W", List.of(7, 5), Role.WEIGHT),
          new TensorSpec("hidden.b", List.of(5), Role.BIAS),
          new TensorSpec("output.W", List.of(3, 11), Role.WEIGHT));

  private final long seed;
  private final Layout layout;
  private final ReductionTree tree;
  private final UpdatePlan plan;

  /** A model of three tensors, cut into chunks of at most that many elements. */
  public Synthetic(long seed, int slices, int chunkElements, String optimizer, double clip) {
    this(seed, slices, chunkElements, optimizer, clip, TENSORS);
  }

  /** A model of those tensors. */
  public Synthetic(
      long seed,
      int slices,
      int chunkElements,
      String optimizer,
      double clip,
      List<TensorSpec> tensors) {
    this(seed, slices, chunkElements, optimizer, clip, tensors, WeightAverage.NONE);
  }

  /** A model of three tensors, whose average is kept. */
  public Synthetic(
      long seed, int slices, int chunkElements, String optimizer, WeightAverage average) {
    this(seed, slices, chunkElements, optimizer, 0, TENSORS, average);
  }

  private Synthetic(
      long seed,
      int slices,
      int chunkElements,
      String optimizer,
      double clip,
      List<TensorSpec> tensors,
      WeightAverage average) {
    this.seed = seed;
    UpdateRule rule =
        Optimizers.create(
            Options.of("optimizer", Map.of("type", optimizer, "learningRate", BASE_LEARNING_RATE)));
    this.layout = Layout.of(tensors, chunkElements, rule::whole);
    this.tree = ReductionTree.of(slices);
    this.plan =
        UpdatePlan.create(
            layout,
            clip > 0
                ? Clips.create(Options.of("clip", Map.of("type", "global-norm", "maximum", clip)))
                : Clip.NONE,
            rule,
            average);
  }

  private Synthetic(Synthetic other, LossScale lossScale) {
    this.seed = other.seed;
    this.layout = other.layout;
    this.tree = other.tree;
    this.plan = other.plan.withLossScale(lossScale);
  }

  /** The same training over a wire on which gradients may overflow. */
  public Synthetic withLossScale(LossScale lossScale) {
    return new Synthetic(this, lossScale);
  }

  /** The model's layout. */
  public Layout layout() {
    return layout;
  }

  /** The tree over the slices. */
  public ReductionTree tree() {
    return tree;
  }

  /** What a step does. */
  public UpdatePlan plan() {
    return plan;
  }

  /** A rate that is another at every step. */
  public static double learningRate(long step) {
    return BASE_LEARNING_RATE / (1 + step);
  }

  /** The first parameters, [n]. */
  public float[] parameters() {
    float[] parameters = new float[(int) layout.size()];
    RandomStream random = RandomStream.of(seed, Purpose.INITIALIZE, 0, 0, 0);
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = (float) random.normal(i);
    }
    return parameters;
  }

  /** Whether a stream has run out at a step; the first never has. */
  public boolean isAbsent(long step, int stream) {
    return stream > 0 && RandomStream.of(seed, Purpose.SHUFFLE, 1, step, stream).unit(0) < 0.2;
  }

  /** Examples of a slice. */
  public double weight(int stream) {
    return 1 + stream % 3;
  }

  /** The loss of a slice, a sum. */
  public double loss(long step, int stream) {
    return RandomStream.of(seed, Purpose.SHUFFLE, 2, step, stream).normal(0);
  }

  /** What a slice adds up besides its gradient. */
  public Scalars scalars(long step, int stream) {
    return new Scalars(loss(step, stream), weight(stream), 10.0 + stream, 3.0 + stream);
  }

  /** The gradient of a slice, a sum. */
  public void gradient(long step, int stream, float[] parameters, float[] gradient) {
    RandomStream random = RandomStream.of(seed, Purpose.DROPOUT, 3, step, stream);
    for (int i = 0; i < parameters.length; i++) {
      gradient[i] = (float) weight(stream) * (parameters[i] * 0.1f + (float) random.normal(i));
    }
  }

  /** The slices' gradients, null where absent. */
  public float[] @Nullable [] gradients(long step, float[] parameters) {
    float[] @Nullable [] gradients = new float[tree.leaves()][];
    for (int m = 0; m < gradients.length; m++) {
      if (!isAbsent(step, m)) {
        float[] gradient = new float[parameters.length];
        gradient(step, m, parameters, gradient);
        gradients[m] = gradient;
      }
    }
    return gradients;
  }

  /** A shard with its first values. */
  public ParameterShard shard(List<Chunk> chunks) {
    return shard(chunks, Synthetic::learningRate);
  }

  /** The same with a schedule of its own. */
  public ParameterShard shard(List<Chunk> chunks, Schedule schedule) {
    ParameterShard shard =
        new ParameterShard(tree, layout, chunks, plan, schedule, BASE_LEARNING_RATE, 0);
    float[] parameters = parameters();
    for (Chunk chunk : chunks) {
      float[] values = new float[chunk.length()];
      System.arraycopy(parameters, (int) chunk.offset(), values, 0, values.length);
      shard.initialize(chunk, values);
    }
    return shard;
  }

  /** The parameters after each step, the first ones included: [step][n]. */
  public List<float[]> train(int steps) {
    return train(steps, View.PARAMETERS);
  }

  /** A view after each step, that of the first parameters included: [step][n]. */
  public List<float[]> train(int steps, View view) {
    float[] parameters = parameters();
    List<ChunkState> chunks = new ArrayList<>();
    for (Chunk chunk : layout.chunks()) {
      float[] values = new float[chunk.length()];
      System.arraycopy(parameters, (int) chunk.offset(), values, 0, values.length);
      chunks.add(plan.newChunk(chunk, values, new float[values.length]));
    }
    List<float[]> versions = new ArrayList<>(List.of(view(view, chunks)));
    for (long step = 0; step < steps; step++) {
      float[] sum = java.util.Objects.requireNonNull(PlainTree.sum(gradients(step, parameters)));
      step(step, sum, chunks);
      for (ChunkState chunk : chunks) {
        int offset = (int) chunk.chunk().offset();
        System.arraycopy(chunk.parameters(), 0, parameters, offset, chunk.length());
      }
      versions.add(view(view, chunks));
    }
    return versions;
  }

  private float[] view(View view, List<ChunkState> chunks) {
    float[] flat = new float[(int) layout.size()];
    for (ChunkState chunk : chunks) {
      float[] values = new float[chunk.length()];
      plan.view(view, chunk, values);
      System.arraycopy(values, 0, flat, (int) chunk.chunk().offset(), values.length);
    }
    return flat;
  }

  private void step(long step, float[] sum, List<ChunkState> chunks) {
    Update update = new Update(step + 1, learningRate(step), BASE_LEARNING_RATE);
    float weight = (float) weight(step);
    for (ChunkState chunk : chunks) {
      for (int i = 0; i < chunk.length(); i++) {
        chunk.gradient()[i] = sum[(int) chunk.chunk().offset() + i] / weight;
      }
    }
    Totals totals = plan.newTotals();
    for (int round = 0; round < plan.rounds(); round++) {
      double[][] sums = new double[chunks.size()][];
      for (int c = 0; c < sums.length; c++) {
        sums[c] = new double[plan.sums(round, chunks.get(c).tensor())];
        plan.round(round, chunks.get(c), update, totals, sums[c]);
      }
      totals.set(round, TensorSums.of(layout).reduce(sums));
    }
    chunks.forEach(chunk -> plan.apply(chunk, update, totals));
  }

  private double weight(long step) {
    double weight = 0;
    for (int m = 0; m < tree.leaves(); m++) {
      weight += isAbsent(step, m) ? 0 : weight(m);
    }
    return weight;
  }
}
