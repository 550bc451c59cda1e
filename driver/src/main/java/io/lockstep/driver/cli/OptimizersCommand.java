package io.lockstep.driver.cli;

import io.lockstep.common.optim.Guide;
import io.lockstep.common.optim.Optimizer;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.driver.report.Figures;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep optimizers}. */
@Command(
    name = "optimizers",
    description =
        "Lists the update rules, with what each costs and a guide to choosing one; with NAME, one"
            + " rule's formula, keys and guide.",
    footer = {"", "Examples:", "  lockstep optimizers", "  lockstep optimizers adamw"})
final class OptimizersCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "the type of an optimizer")
  private @Nullable String name;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (name == null) {
      printAll(out);
    } else {
      printOne(optimizer(name), out);
    }
    return Lockstep.DONE;
  }

  private static Optimizer optimizer(String name) {
    return Named.find("optimizer", name, Optimizers.ALL, Optimizer::name);
  }

  private static void printAll(PrintWriter out) {
    Columns.print(table(), out);
    out.println();
    Paragraphs.print(
        "state", "floats kept beside a parameter of a 1024 x 1024 matrix, by default", out);
    Paragraphs.print(
        "bytes",
        "moved through memory to update a parameter; - where arithmetic is the limit",
        out);
    Paragraphs.print("waits", "for sums over whole tensors, before any chunk can be updated", out);
    Paragraphs.print(
        "average", "what is evaluated is an average of the parameters that are trained", out);
    out.println();
    for (Optimizer optimizer : Optimizers.ALL) {
      out.println(optimizer.name() + ": " + optimizer.entry().summary());
      printGuide(optimizer.guide(), out);
    }
  }

  /** The head and a row for each rule. */
  static List<List<String>> table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("name", "state", "bytes", "waits", "average", "paper"));
    for (Optimizer optimizer : Optimizers.ALL) {
      rows.add(
          List.of(
              optimizer.name(),
              state(optimizer),
              bytes(optimizer),
              optimizer.needsTensorStatistics() ? "yes" : "no",
              optimizer.evaluatesAverage() ? "yes" : "no",
              optimizer.guide().citation()));
    }
    return rows;
  }

  private static String state(Optimizer optimizer) {
    return Figures.plain(Math.rint(optimizer.stateFloats() * 1000) / 1000);
  }

  private static String bytes(Optimizer optimizer) {
    var bytes = optimizer.streamedBytes();
    return bytes.isPresent() ? Integer.toString(bytes.getAsInt()) : "-";
  }

  private static void printOne(Optimizer optimizer, PrintWriter out) {
    out.println(optimizer.name() + ": " + optimizer.entry().summary());
    out.println("\n# formula");
    out.println(optimizer.guide().formula().stripTrailing());
    out.println("\n# keys");
    KeyTable.print(optimizer.entry().keys(), out);
    out.println("\n# guide");
    printGuide(optimizer.guide(), out);
    Paragraphs.print("memory", memory(optimizer), out);
    Paragraphs.print("paper", optimizer.guide().paper() + ".", out);
  }

  private static String memory(Optimizer optimizer) {
    String state = state(optimizer);
    return state
        + (state.equals("1") ? " float" : " floats")
        + " beside a parameter (of a 1024 x 1024 matrix, by default); an update "
        + (optimizer.streamedBytes().isPresent()
            ? "moves " + bytes(optimizer) + " bytes a parameter"
            : "is limited by arithmetic, not by memory")
        + (optimizer.needsTensorStatistics() ? " and waits for sums over whole tensors" : "")
        + (optimizer.evaluatesAverage()
            ? "; what is evaluated is an average of the parameters that are trained."
            : ".");
  }

  private static void printGuide(Guide guide, PrintWriter out) {
    Paragraphs.print("for", guide.purpose(), out);
    Paragraphs.print("rate", guide.rate(), out);
    Paragraphs.print("batches", guide.batches(), out);
  }
}
