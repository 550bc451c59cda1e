package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Names;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
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
  private static final int WIDTH = 100;
  private static final int INDENT = 10;

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
    List<String> names = Optimizers.ALL.stream().map(Optimizer::name).toList();
    return Optimizers.ALL.stream()
        .filter(optimizer -> optimizer.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "unknown optimizer '"
                        + name
                        + "'"
                        + Names.suggestion(name, names)
                        + " known: "
                        + String.join(", ", names)));
  }

  private static void printAll(PrintWriter out) {
    Columns.print(table(), out);
    out.println();
    print("state", "floats kept beside a parameter of a 1024 x 1024 matrix, by default", out);
    print(
        "bytes",
        "moved through memory to update a parameter; - where arithmetic is the limit",
        out);
    print("waits", "for sums over whole tensors, before any chunk can be updated", out);
    print("average", "what is evaluated is an average of the parameters that are trained", out);
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
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("key", "default", "allowed", "meaning"));
    for (Key<?> key : optimizer.entry().keys()) {
      rows.add(List.of(key.name(), otherwise(key), key.allowed(), key.meaning()));
    }
    Columns.print(rows, out);
    out.println("\n# guide");
    printGuide(optimizer.guide(), out);
    print("memory", memory(optimizer), out);
    print("paper", optimizer.guide().paper() + ".", out);
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

  private static String otherwise(Key<?> key) {
    if (key.isRequired()) {
      return "required";
    }
    if (key.defaultValue() instanceof Options options) {
      return options.isEmpty() ? "" : String.valueOf(options.plain().get(Registry.TYPE.name()));
    }
    return key.writtenDefault().map(String::valueOf).orElse("");
  }

  private static void printGuide(Guide guide, PrintWriter out) {
    print("for", guide.purpose(), out);
    print("rate", guide.rate(), out);
    print("batches", guide.batches(), out);
  }

  /** A label and a text that goes on below itself. */
  private static void print(String label, String text, PrintWriter out) {
    StringBuilder line = new StringBuilder("  " + label);
    line.append(" ".repeat(INDENT - line.length()));
    int begin = line.length();
    for (String word : text.split(" ", -1)) {
      if (line.length() > begin && line.length() + 1 + word.length() > WIDTH) {
        out.println(line);
        line = new StringBuilder(" ".repeat(INDENT));
      }
      line.append(line.length() > begin ? " " : "").append(word);
    }
    out.println(line);
  }
}
