package io.lockstep.deploy.bench.link;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.tree.Partial;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.link.LocalRounds;
import io.lockstep.driver.server.link.ParameterServer;
import io.lockstep.driver.server.link.ServerEvents;
import io.lockstep.driver.server.link.ServerSettings;
import io.lockstep.driver.server.shard.ParameterShard;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepFailure;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A synchronous step in two processes, each a worker and, beside it, the server of half the
 * parameters: {@code StepWorkload ELEMENTS unix|tcp}. The gradients are made up once; each step
 * they go out, are summed, adamw is applied, and the parameters come back into memory outside the
 * heap, as an engine reads them. The first process starts the second.
 */
public final class StepWorkload implements AutoCloseable {
  private static final String TOKEN = "benchmark";
  private static final int WORKERS = 2;

  private final int rank;
  private final Layout layout;
  private final ParameterServer server;
  private final Partial partial;
  private final FloatBuffer parameters;
  private long step;

  private StepWorkload(int rank, int elements) throws Exception {
    this.rank = rank;
    TensorSpec tensor = new TensorSpec("W", List.of(elements), Role.WEIGHT);
    this.layout = Layout.of(List.of(tensor), Layout.DEFAULT_CHUNK_ELEMENTS);
    ReductionTree tree = ReductionTree.of(WORKERS);
    float[] gradient = new float[elements];
    for (int i = 0; i < elements; i++) {
      gradient[i] = (i % 1013 - 500) * 1e-3f;
    }
    this.partial = new Partial(tree.leaf(rank), true, gradient, new Scalars(0.5, 1, 1, 1));
    this.parameters =
        ByteBuffer.allocateDirect(elements * Float.BYTES)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    this.server =
        ParameterServer.start(
            ServerSettings.of(TOKEN, 1, rank, "127.0.0.1"),
            shard(tree),
            layout.longestChunk(),
            new Events(new LocalRounds(layout)));
  }

  private ParameterShard shard(ReductionTree tree) {
    Map<String, ?> adamw = Map.of("type", "adamw", "learningRate", 1e-4);
    UpdatePlan plan =
        UpdatePlan.create(layout, Clip.NONE, Optimizers.create(Options.of("optimizer", adamw)));
    List<Chunk> chunks = layout.shards(WORKERS).get(rank);
    ParameterShard shard = new ParameterShard(tree, layout, chunks, plan, step -> 1e-4, 1e-4, 0);
    chunks.forEach(chunk -> shard.initialize(chunk, new float[chunk.length()]));
    return shard;
  }

  /** Nothing to tell anybody but a failure. */
  private record Events(LocalRounds rounds) implements ServerEvents {
    @Override
    public void stepDone(StepReport report) {}

    @Override
    public void roundReady(RoundSums sums) {
      rounds.roundReady(sums);
    }

    @Override
    public void failed(StepFailure failure) {
      throw new IllegalStateException(failure.message());
    }
  }

  private WorkerLink connect(ServerAddress other, boolean unix) throws Exception {
    ServerAddress own = server.address();
    ServerAddress there = unix ? other : other.tcpOnly();
    List<ServerAddress> servers = rank == 0 ? List.of(own, there) : List.of(there, own);
    WorkerLink link =
        WorkerLink.connect(
            new WorkerIdentity(TOKEN, 1, rank, 0),
            layout,
            servers,
            (offset, values) ->
                parameters.duplicate().position((int) offset).put(values.asFloatBuffer()));
    link.pull(0);
    link.await(0);
    return link;
  }

  private void run(WorkerLink link, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      link.push(step, List.of(partial));
      link.await(++step);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      first(Integer.parseInt(args[0]), args[1]);
    } else {
      second(Integer.parseInt(args[0]), args[1], args[2]);
    }
  }

  private static void first(int elements, String way) throws Exception {
    try (StepWorkload workload = new StepWorkload(0, elements)) {
      Process process =
          new ProcessBuilder(command(elements, way, Addresses.text(workload.server.address())))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (PrintWriter orders =
              new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
          BufferedReader answers =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
          WorkerLink link =
              workload.connect(Addresses.parse(answers.readLine()), way.equals("unix"))) {
        Orders.serve(
            "Lockstep",
            times -> {
              orders.println("run " + times);
              workload.run(link, times);
            });
      }
      process.waitFor();
    }
  }

  private static void second(int elements, String way, String other) throws Exception {
    try (StepWorkload workload = new StepWorkload(1, elements)) {
      Orders.say(Addresses.text(workload.server.address()));
      try (WorkerLink link = workload.connect(Addresses.parse(other), way.equals("unix"))) {
        Orders.serve("the second process", times -> workload.run(link, times));
      }
    }
  }

  private static List<String> command(int elements, String way, String address) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(StepWorkload.class.getName(), "" + elements, way, address));
    return command;
  }
}
