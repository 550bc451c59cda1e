package io.lockstep.driver.cli;

import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.RunningMoments;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.ParameterGroups;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.schedule.Schedules;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.report.Figures;
import io.lockstep.driver.submit.Memory;
import io.lockstep.worker.engine.Network;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lockstep validate}. */
@Command(
    name = "validate",
    description =
        "Checks a configuration without running it, and shows it with all defaults, the model, the"
            + " rule of every tensor, the memory of a worker and a server, and the traffic of a step.",
    footer = {
      "",
      "Example:",
      "  lockstep validate deploy/examples/mnist-mlp.yaml --set cluster.workers=3"
    })
final class ValidateCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ConfigurationArguments configuration;

  @Override
  public Integer call() {
    RunConfiguration run = configuration.load();
    PrintWriter out = configuration.out();
    out.println("# configuration");
    out.print(run.toYaml());
    Network network = Network.of(run);
    printRate(run, out);
    printModel(run, network, out);
    printOptimizer(run, network, out);
    printMemory(run, network, out);
    printTraffic(run, network, out);
    Notes.of(run).forEach(note -> out.println("note: " + note));
    return Lockstep.DONE;
  }

  private static void printRate(RunConfiguration run, PrintWriter out) {
    double rate = Schedules.baseRate(run);
    double factor = rate / run.learningRate();
    out.println("\n# learning rate");
    out.print(rate);
    if (run.schedule().plain().get("batchScaling") instanceof Map<?, ?> scaling) {
      out.printf(
          ": optimizer.learningRate %s times %s, by the %s rule from a batch of %s to %d",
          run.learningRate(),
          factor,
          scaling.get("rule"),
          scaling.get("baseBatch"),
          run.batch().examples());
    }
    out.println();
    Schedule schedule = Schedules.create(run, run.train().steps().orElse(1));
    out.print("schedule " + run.schedule().plain().get("type"));
    if (schedule.metric() != null) {
      out.print(": follows the validation's " + schedule.metric());
    }
    out.println();
  }

  private static void printModel(RunConfiguration run, Network network, PrintWriter out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("layer", "type", "output", "parameters"));
    run.model()
        .inputs()
        .forEach((name, extents) -> rows.add(List.of(name, "", shape(extents), "0")));
    for (int i = 0; i < network.layerNames().size(); i++) {
      String name = network.layerNames().get(i);
      long size =
          network.tensors().stream()
              .filter(tensor -> tensor.name().startsWith(name + "."))
              .mapToLong(tensor -> tensor.size())
              .sum();
      rows.add(
          List.of(
              name,
              network.graph().types().get(i),
              shape(network.layerShapes().get(i)),
              Figures.count(size)));
    }
    rows.add(List.of("all", "", "", Figures.count(network.size())));
    out.println("\n# model");
    Columns.print(rows, out);
  }

  private static String shape(List<Integer> extents) {
    return extents.stream().map(String::valueOf).collect(Collectors.joining(" x "));
  }

  private static void printOptimizer(RunConfiguration run, Network network, PrintWriter out) {
    ParameterGroups groups = ParameterGroups.of(run.optimizer(), network.tensors());
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("tensor", "role", "settings", "rule", "rate factor", "weight decay", "state"));
    for (TensorSpec tensor : network.tensors()) {
      ParameterGroups.Group group = groups.groupOf(tensor);
      rows.add(
          List.of(
              tensor.name(),
              tensor.role().key(),
              group.name(),
              rule(group, tensor),
              group.isStatistics() ? "" : Figures.plain(group.rateFactor()),
              Figures.plain(group.weightDecay(tensor)),
              String.join(" ", group.rule().stateNames(tensor))));
    }
    out.println("\n# optimizer");
    Columns.print(rows, out);
  }

  private static String rule(ParameterGroups.Group group, TensorSpec tensor) {
    RunningMoments moments = tensor.moments();
    if (moments != null) {
      return "running, momentum " + Figures.plain(moments.momentum());
    }
    return group.isFrozen() ? "frozen" : group.settings(tensor).get(Registry.TYPE);
  }

  private static void printMemory(RunConfiguration run, Network network, PrintWriter out) {
    UpdateRule rule = Optimizers.create(run.optimizer(), network.tensors());
    Layout layout = RunParts.layout(run, network, rule);
    out.println("\n# memory, in proportion to the model");
    out.printf(
        "worker  %s: parameters, gradients and partial sums (data and activations besides)%n",
        Figures.bytes(Memory.workerBytes(run, network.size())));
    out.printf(
        "        %s outside the heap: parameters, and an engine a thread with what it keeps of a"
            + " slice%n",
        Figures.bytes(Memory.workerNativeBytes(run, network)));
    out.printf(
        "server  %s: parameters and the rule's state (sums that wait for others besides)%n",
        Figures.bytes(Memory.serverBytes(run, layout)));
  }

  private static void printTraffic(RunConfiguration run, Network network, PrintWriter out) {
    ReductionTree tree = ReductionTree.of(run.batch().slices());
    Traffic asked =
        Traffic.of(tree, run.cluster().workers(), network.size(), run.wire().gradients());
    out.println("\n# traffic of a step");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("deal", "workers", "partial sums", "to servers", "to workers"));
    rows.add(row("this one", asked));
    if (!asked.isEven()) {
      rows.add(row("nearest even one", asked.nearestEven(tree)));
    }
    Columns.print(rows, out);
    if (run.wire().isLossy()) {
      out.println("partial sums travel as " + run.wire().gradients().key());
    }
  }

  private static List<String> row(String name, Traffic traffic) {
    return List.of(
        name,
        Integer.toString(traffic.workers()),
        Integer.toString(traffic.partials()),
        Figures.bytes(traffic.bytesUp()),
        Figures.bytes(traffic.bytesDown()));
  }
}
