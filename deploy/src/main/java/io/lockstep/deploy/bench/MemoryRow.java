package io.lockstep.deploy.bench;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.deploy.bench.link.Addresses;
import io.lockstep.driver.server.link.ParameterServer;
import io.lockstep.driver.server.link.ServerEvents;
import io.lockstep.driver.server.link.ServerSettings;
import io.lockstep.driver.server.shard.ParameterShard;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepFailure;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.engine.Network;
import java.io.IOException;
import java.util.Map;

/**
 * {@code memory-worker}: the most memory that a worker has resident while it computes all slices of
 * a step, over (depth of the tree + 3) times the model: parameters, a gradient and the sums that
 * wait. Both are differences between a model of 25 M parameters and a small one, which takes out
 * what a JVM and the native libraries need anyway.
 */
final class MemoryRow {
  private static final int MOST_ROUNDS = 3;

  private MemoryRow() {}

  static Row row() {
    return new Row(
        "memory-worker",
        "B",
        "<= 1.0",
        MOST_ROUNDS,
        () -> new Worker("Lockstep"),
        () -> new Bound("(depth + 3) x model"));
  }

  /** What the model may take. */
  private record Bound(String name) implements Side {
    @Override
    public double measure() {
      int depth = ReductionTree.of(MemoryWorker.SLICES).depth();
      double parameters = Models.network("wide").size() - Models.network("mlp").size();
      return (depth + 3) * parameters * Float.BYTES;
    }
  }

  /** What it takes. */
  private record Worker(String name) implements Side {
    @Override
    public double measure() throws IOException {
      return peak("wide") - peak("mlp");
    }
  }

  /** The most resident bytes of a worker in a process of its own, its server in this one. */
  private static double peak(String model) throws IOException {
    Network network = Models.network(model);
    Layout layout = Layout.of(network.tensors(), Layout.DEFAULT_CHUNK_ELEMENTS);
    UpdatePlan plan =
        UpdatePlan.create(
            layout, Clip.NONE, Optimizers.create(Options.of("optimizer", Map.of("type", "sgd"))));
    ParameterShard shard =
        new ParameterShard(
            ReductionTree.of(MemoryWorker.SLICES),
            layout,
            layout.chunks(),
            plan,
            step -> 1e-3,
            1e-3,
            0);
    for (Chunk chunk : layout.chunks()) {
      float[] values = new float[chunk.length()];
      network.initialize(1, chunk.tensor(), chunk.tensorOffset(), values, 0, values.length);
      shard.initialize(chunk, values);
    }
    try (ParameterServer server =
            ParameterServer.start(
                ServerSettings.of(MemoryWorker.TOKEN, 0, 0, "127.0.0.1"),
                shard,
                layout.longestChunk(),
                new Ignore());
        Companion worker =
            Companion.java(MemoryWorker.class, model, Addresses.text(server.address()))) {
      return Double.parseDouble(worker.answer());
    }
  }

  /** A failure shows in the worker, whose step does not end well. */
  private static final class Ignore implements ServerEvents {
    @Override
    public void stepDone(StepReport report) {}

    @Override
    public void roundReady(RoundSums sums) {
      throw new IllegalStateException("sgd has no rounds");
    }

    @Override
    public void failed(StepFailure failure) {
      throw new IllegalStateException(failure.message());
    }
  }
}
