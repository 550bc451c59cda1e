package io.lockstep.driver.cli;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.report.Figures;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.graph.GraphCosts;
import io.lockstep.worker.engine.graph.GraphCosts.Cost;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lockstep model}. */
@Command(
    name = "model",
    description =
        "Shows a configuration's model: its layers with inputs, shapes and parameters, what they"
            + " compute and keep for a slice, and the memory of parameters and optimizer.",
    footer = {
      "",
      "FLOPs are those of products of matrices, two for each multiplication with its addition;"
          + " what is not a product is bound by memory.",
      "",
      "Example:",
      "  lockstep model deploy/examples/mnist-lenet.yaml"
    })
final class ModelCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ConfigurationArguments configuration;

  @Override
  public Integer call() {
    RunConfiguration run = configuration.load();
    Network network = Network.of(run);
    PrintWriter out = configuration.out();
    int slice = run.batch().slice();
    List<Integer> ends = network.objective().ends();
    List<Cost> costs = GraphCosts.of(network.graph(), slice, ends);
    Columns.print(layers(network, costs), out);
    Cost all = costs.stream().reduce(new Cost(0, 0, 0), Cost::plus);
    long engine = GraphCosts.engineNumbers(network.joined(), slice, ends);
    out.println();
    Columns.print(totals(run, network, all, engine), out);
    return Lockstep.DONE;
  }

  private static List<List<String>> layers(Network network, List<Cost> costs) {
    Graph graph = network.graph();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("layer", "type", "inputs", "output", "parameters", "forward", "backward", "keeps"));
    for (int i = 0; i < costs.size(); i++) {
      Cost cost = costs.get(i);
      rows.add(
          List.of(
              graph.names().get(i),
              graph.types().get(i),
              String.join(", ", graph.inputNames(i)),
              graph.shapes().get(i).toString(),
              parameters(graph, i),
              flops(cost.forward()),
              flops(cost.backward()),
              Figures.bytes(cost.kept() * Float.BYTES)));
    }
    return rows;
  }

  private static String parameters(Graph graph, int node) {
    return graph.shares(node)
        ? "(shared)"
        : Figures.count(graph.tensors(node).stream().mapToLong(TensorSpec::size).sum());
  }

  private static List<List<String>> totals(
      RunConfiguration run, Network network, Cost all, long engine) {
    UpdateRule rule = Optimizers.create(run.optimizer(), network.tensors());
    long parameters = (long) network.size() * Float.BYTES;
    return List.of(
        List.of("in all", "", ""),
        List.of("parameters", Figures.count(network.size()), Figures.bytes(parameters)),
        List.of("gradient", "", Figures.bytes(parameters)),
        List.of(
            "optimizer state",
            String.valueOf(run.optimizer().plain().get("type")),
            Figures.bytes(stateNumbers(run, network, rule) * Float.BYTES)),
        List.of(
            "engine",
            "of a slice of " + run.batch().slice() + ", one a thread",
            Figures.bytes(engine * Float.BYTES)),
        List.of("forward", "FLOPs of a slice", flops(all.forward())),
        List.of("backward", "FLOPs of a slice", flops(all.backward())),
        List.of(
            "step",
            "FLOPs of its " + Figures.count(run.batch().slices()) + " slices",
            flops(Math.multiplyExact(all.forward() + all.backward(), run.batch().slices()))));
  }

  private static long stateNumbers(RunConfiguration run, Network network, UpdateRule rule) {
    Layout layout = RunParts.layout(run, network, rule);
    long numbers = 0;
    for (Chunk chunk : layout.chunks()) {
      TensorSpec tensor = layout.tensorOf(chunk);
      for (int array = 0; array < rule.stateNames(tensor).size(); array++) {
        numbers += rule.stateLength(array, tensor, chunk);
      }
    }
    return numbers;
  }

  private static String flops(long operations) {
    return operations == 0 ? "-" : Figures.large(operations);
  }
}
