package io.lockstep.deploy.bench;

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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One of the two processes of {@code step-25m}: worker w, and server w beside it. */
final class StepProcess {
  private static final String TOKEN = "bench";
  private static final int SERVERS = 2;

  private StepProcess() {}

  /** {@code index side unix|tcp}. */
  public static void main(String[] arguments) throws Exception {
    int index = Integer.parseInt(arguments[0]);
    int side = Integer.parseInt(arguments[1]);
    boolean tcp = arguments[2].equals("tcp");
    Layout layout =
        Layout.of(
            List.of(new TensorSpec("W", List.of(side, side), Role.WEIGHT)),
            Layout.DEFAULT_CHUNK_ELEMENTS);
    ReductionTree tree = ReductionTree.of(SERVERS);
    try (ParameterServer server =
            ParameterServer.start(
                ServerSettings.of(TOKEN, 0, index, "127.0.0.1"),
                shard(layout, tree, index),
                layout.chunkElements(),
                new Stop());
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println(write(server.address()));
      List<ServerAddress> servers = read(orders.readLine(), tcp);
      ByteBuffer parameters = ByteBuffer.allocateDirect((int) layout.size() * Float.BYTES);
      try (WorkerLink link =
          WorkerLink.connect(
              new WorkerIdentity(TOKEN, 0, index, 1),
              layout,
              servers,
              (offset, values) ->
                  parameters.put(
                      (int) offset * Float.BYTES, values, values.position(), values.remaining()))) {
        link.pull(0);
        link.await(0);
        System.out.println("ready");
        float[] gradient = new float[(int) layout.size()];
        Arrays.fill(gradient, 0.01f);
        Partial partial = new Partial(tree.leaf(index), true, gradient, 1, 32);
        long step = 0;
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
          long end = step + Long.parseLong(order.substring("run ".length()));
          long begin = System.nanoTime();
          for (; step < end; step++) {
            link.push(step, List.of(partial));
            link.await(step + 1);
          }
          System.out.println("seconds " + (System.nanoTime() - begin) / 1e9);
        }
      }
    }
  }

  private static ParameterShard shard(Layout layout, ReductionTree tree, int index) {
    UpdatePlan plan =
        UpdatePlan.create(
            layout, Clip.NONE, Optimizers.create(Options.of("optimizer", Map.of("type", "adamw"))));
    List<Chunk> chunks = layout.shards(SERVERS).get(index);
    ParameterShard shard = new ParameterShard(tree, layout, chunks, plan, step -> 1e-4, 0);
    for (Chunk chunk : chunks) {
      float[] parameters = new float[chunk.length()];
      Arrays.fill(parameters, 0.5f);
      shard.initialize(chunk, parameters);
    }
    return shard;
  }

  private static String write(ServerAddress a) {
    return String.join(
        "\t",
        Integer.toString(a.server()),
        a.host(),
        Integer.toString(a.port()),
        a.unixPath(),
        a.hostId(),
        a.processToken());
  }

  private static List<ServerAddress> read(String line, boolean tcp) {
    String[] words = line.split("\t", -1);
    List<ServerAddress> servers = new ArrayList<>();
    for (int i = 0; i < words.length; i += 6) {
      ServerAddress address =
          new ServerAddress(
              Integer.parseInt(words[i]),
              words[i + 1],
              Integer.parseInt(words[i + 2]),
              words[i + 3],
              words[i + 4],
              words[i + 5]);
      boolean elsewhere = address.way() != ServerAddress.Way.DIRECT;
      servers.add(tcp && elsewhere ? address.tcpOnly() : address);
    }
    return servers;
  }

  /** Nothing is to be told; a failure ends the process, which the benchmark then reports. */
  private static final class Stop implements ServerEvents {
    @Override
    public void stepDone(StepReport report) {}

    @Override
    public void roundReady(RoundSums sums) {
      throw new IllegalStateException("AdamW has no rounds");
    }

    @Override
    public void failed(StepFailure failure) {
      System.err.println(failure);
      Runtime.getRuntime().halt(1);
    }
  }
}
