package io.lockstep.driver.server.actor;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.server.shard.ParameterShard;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.RoundTotals;
import io.lockstep.driver.server.shard.ShardEvents;
import io.lockstep.driver.server.shard.ShardException;
import io.lockstep.driver.server.shard.StepFailure;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;

/**
 * The canary of what servers compute: some updates by the run's own rule, clip and average, of the
 * run's own tensors cut down to a few elements, from made-up values and gradients. It needs nothing
 * native: servers are plain Java, which gives the same bits everywhere as far as its specification
 * goes; the canary says whether this Java keeps to it.
 */
public final class ServerCanary {
  private static final int MOST_OF_AN_EXTENT = 4;
  private static final int STEPS = 3;

  /** Of a tree with one leaf. */
  private static final int ROOT = 1;

  private ServerCanary() {}

  /** Computes it, and describes what computed it. */
  public static Fingerprint fingerprint(RunParts parts) {
    String description =
        "java "
            + System.getProperty("java.vm.name")
            + " "
            + System.getProperty("java.vm.version")
            + ", architecture "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch");
    return new Fingerprint(description, hash(parts));
  }

  private static String hash(RunParts parts) {
    RunConfiguration run = parts.configuration();
    List<TensorSpec> tensors = parts.network().tensors().stream().map(ServerCanary::cut).toList();
    UpdateRule rule = Optimizers.create(run.optimizer(), tensors);
    Layout layout = Layout.of(tensors, MOST_OF_AN_EXTENT, rule::whole);
    UpdatePlan plan =
        UpdatePlan.create(layout, Clips.create(run.clip()), rule, Averages.create(run.average()));
    ParameterShard shard =
        new ParameterShard(
            ReductionTree.of(1),
            layout,
            layout.chunks(),
            plan,
            step -> Schedules.baseRate(run),
            Schedules.baseRate(run),
            0);
    for (Chunk chunk : layout.chunks()) {
      shard.initialize(chunk, values(chunk, STEPS));
    }
    Totals totals = new Totals(shard, layout);
    for (long step = 0; step < STEPS; step++) {
      update(shard, layout, step, totals);
    }
    return sha256(shard);
  }

  /** Named as it is, so that groups of the optimizer find it. */
  private static TensorSpec cut(TensorSpec tensor) {
    List<Integer> shape =
        tensor.shape().stream().map(extent -> Math.min(extent, MOST_OF_AN_EXTENT)).toList();
    return new TensorSpec(tensor.name(), shape, tensor.role(), tensor.moments());
  }

  private static float[] values(Chunk chunk, long time) {
    RandomStream random =
        RandomStream.of(0, Purpose.GRADIENT_CHECK, chunk.tensor(), time, chunk.tensorOffset());
    float[] values = new float[chunk.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.normal(i);
    }
    return values;
  }

  private static void update(ParameterShard shard, Layout layout, long step, Totals totals) {
    try {
      shard.sums(step, ROOT, true, new Scalars(1, 1, 1, 1), totals);
      for (Chunk chunk : layout.chunks()) {
        FloatBuffer gradient = FloatBuffer.wrap(values(chunk, step));
        shard.gradient(step, ROOT, chunk.index(), gradient, totals);
      }
      totals.goOn();
    } catch (ShardException e) {
      throw new IllegalStateException("the canary's own updates are in order", e);
    }
  }

  private static String sha256(ParameterShard shard) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      shard.forEachChunk(
          (chunk, parameters, state) -> {
            update(digest, parameters);
            for (float[] array : state) {
              update(digest, array);
            }
          });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    digest.update(bytes);
  }

  /** Reduces rounds for the one shard, outside of its own calls, as it asks for. */
  private static final class Totals implements ShardEvents {
    private final ParameterShard shard;
    private final RoundTotals totals;
    private final Deque<Runnable> next = new ArrayDeque<>();

    Totals(ParameterShard shard, Layout layout) {
      this.shard = shard;
      this.totals = new RoundTotals(layout);
    }

    void goOn() {
      for (Runnable round = next.poll(); round != null; round = next.poll()) {
        round.run();
      }
    }

    @Override
    public void chunkReady(int index, long version) {}

    @Override
    public void roundReady(RoundSums sums) {
      double[][] perTensor = totals.add(sums);
      if (perTensor != null) {
        next.add(() -> shard.totals(sums.step(), sums.round(), perTensor, this));
      }
    }

    @Override
    public void stepDone(StepReport report) {}

    /** As by a rate that is far too high: the shard takes no more, here as everywhere. */
    @Override
    public void failed(StepFailure failure) {}
  }
}
