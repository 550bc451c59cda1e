package io.lockstep.deploy.bench;

import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code engine-*}: loss and gradient of one slice on one thread, samples a second, over PyTorch's,
 * which computes with the widest instructions that the processor has; {@code -avx2}: over PyTorch's
 * with those that Lockstep is pinned to by default; {@code -dl4j}: beside DL4J's.
 */
final class EngineRows {
  private static final List<Integer> MLP_BATCHES = List.of(32, 128, 1024);
  private static final int LENET_BATCH = 64;
  private static final int RESNET_BATCH = 32;
  private static final int TRANSFORMER_BATCH = 32;

  private EngineRows() {}

  static List<Row> rows(Bench.Settings settings) {
    List<Row> rows = new ArrayList<>();
    for (int batch : MLP_BATCHES) {
      rows.add(row("mlp", batch, ">= 1.0", settings));
    }
    rows.add(row("lenet", LENET_BATCH, ">= 1.5", settings));
    rows.add(row("resnet", RESNET_BATCH, ">= 1.5", settings));
    rows.add(row("transformer", TRANSFORMER_BATCH, ">= 1.0", settings));
    rows.add(withAvx2("lenet", LENET_BATCH, settings));
    rows.add(withAvx2("resnet", RESNET_BATCH, settings));
    for (int batch : MLP_BATCHES) {
      rows.add(besideDl4j("mlp", batch, settings));
    }
    rows.add(besideDl4j("lenet", LENET_BATCH, settings));
    return rows;
  }

  private static Row row(String model, int batch, String goal, Bench.Settings settings) {
    return new Row(
        "engine-" + model + "-" + batch,
        "samples/s",
        goal,
        () -> ours(model, batch, settings.roundSeconds()),
        () -> pytorch(model, batch, settings));
  }

  private static Row withAvx2(String model, int batch, Bench.Settings settings) {
    return new Row(
        "engine-" + model + "-" + batch + "-avx2",
        "samples/s",
        "",
        () -> ours(model, batch, settings.roundSeconds()),
        () -> pytorch(model, batch, settings, "avx2"));
  }

  private static Row besideDl4j(String model, int batch, Bench.Settings settings) {
    return new Row(
        "engine-" + model + "-" + batch + "-dl4j",
        "samples/s",
        "",
        () -> ours(model, batch, settings.roundSeconds()),
        () -> Dl4jEngine.side(model, batch, settings.roundSeconds()));
  }

  private static Side ours(String model, int batch, double seconds) {
    Network network = Models.network(model);
    Parameters parameters = network.allocate();
    Models.initialize(network, parameters);
    SliceEngine engine = network.engine(parameters, batch);
    SliceBatch examples = Models.batch(network, batch);
    float[] gradient = new float[network.size()];
    return Repeated.perSecond(
        "Lockstep",
        seconds,
        batch,
        Repeated.timed(() -> engine.gradient(examples, 1, 0, 0, gradient)),
        () -> {
          engine.close();
          parameters.close();
        });
  }

  private static Side pytorch(String model, int batch, Bench.Settings settings, String... limit)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(model, Integer.toString(batch)));
    arguments.addAll(List.of(limit));
    Companion peer =
        Companion.python(settings.peers(), "engine.py", arguments.toArray(String[]::new));
    return Repeated.perSecond(peer.name(), settings.roundSeconds(), batch, peer::seconds, peer);
  }
}
