package io.lockstep.deploy.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code deploy/bench}. */
@Command(
    name = "bench",
    description = "Measures Lockstep beside its peers, alternately, and prints one table.",
    mixinStandardHelpOptions = true,
    subcommands = RulesCommand.class,
    footer = {
      "",
      "Peers in PyTorch run by the interpreter that BENCH_PYTHON names, else python3; a peer that"
          + " is not there leaves its ratio empty.",
      "",
      "Example:",
      "  BENCH_PYTHON=~/venv/bin/python deploy/bench --only engine-mlp-128,step-25m"
    })
public final class Bench implements Callable<Integer> {
  /**
   * What all rows are measured by.
   *
   * @param deploy the folder of launcher, examples and peers
   * @param peers in Python
   * @param roundSeconds how long one side of a round takes
   */
  record Settings(Path deploy, Companion.Peers peers, double roundSeconds) {}

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also writes the rows there, as a list of objects.")
  private @Nullable Path json;

  @Option(
      names = "--only",
      paramLabel = "ROW",
      split = ",",
      description = "Only these rows (see --list).")
  private List<String> only = List.of();

  @Option(names = "--list", description = "Prints the names of all rows.")
  private boolean list;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Pairs of measurements a row (default: ${DEFAULT-VALUE}).")
  private int rounds = 9;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each measurement takes (default: ${DEFAULT-VALUE}).")
  private double seconds = 1;

  /** Runs the benchmark and ends the process. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Bench()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || !(seconds > 0)) {
      throw new ParameterException(
          spec.commandLine(), "--rounds must be at least 1 and --seconds above 0");
    }
    Path deploy = deploy();
    Companion.Peers peers = Companion.Peers.find(deploy.resolve("bench-peers"));
    List<Row> rows = Rows.all(new Settings(deploy, peers, seconds));
    if (list) {
      rows.forEach(row -> System.out.println(row.name()));
      return 0;
    }
    Comparison comparison = new Comparison(rounds, System.err);
    List<Measurement> measured = new ArrayList<>();
    for (Row row : chosen(rows)) {
      measured.add(comparison.measure(row));
      write(measured);
    }
    System.out.print(table(measured));
    return 0;
  }

  /** The folder of launcher, examples and peers. */
  static Path deploy() {
    return Path.of(System.getProperty("lockstep.deploy", "deploy")).toAbsolutePath();
  }

  private List<Row> chosen(List<Row> rows) {
    List<String> known = rows.stream().map(Row::name).toList();
    for (String name : only) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "unknown row '" + name + "', known: " + String.join(", ", known));
      }
    }
    return rows.stream().filter(row -> only.isEmpty() || only.contains(row.name())).toList();
  }

  /** After every row: a long run that is ended early has written what it measured. */
  private void write(List<Measurement> measured) throws IOException {
    if (json != null) {
      ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
      Files.write(json, mapper.writeValueAsBytes(measured));
    }
  }

  static String table(List<Measurement> measured) {
    StringBuilder table = new StringBuilder();
    String format = "%-24s %12s %-10s %-22s %7s %15s %8s%n";
    table.append(
        String.format(
            Locale.ROOT, format, "name", "value", "unit", "peer", "ratio", "spread", "to reach"));
    for (Measurement m : measured) {
      List<Double> spread = m.spread();
      table.append(
          String.format(
              Locale.ROOT,
              format,
              m.name(),
              value(m.value()),
              m.unit(),
              m.peer() == null ? "" : m.peer(),
              m.ratio() == null ? "" : String.format(Locale.ROOT, "%.2f", m.ratio()),
              spread == null
                  ? ""
                  : String.format(Locale.ROOT, "%.2f .. %.2f", spread.get(0), spread.get(1)),
              m.goal()));
    }
    return table.toString();
  }

  /** 1234567890 as 1.235G, 0.0123 as 0.0123. */
  private static String value(double value) {
    if (value >= 1e9) {
      return String.format(Locale.ROOT, "%.3fG", value / 1e9);
    }
    if (value >= 1e6) {
      return String.format(Locale.ROOT, "%.3fM", value / 1e6);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.4f", value);
  }
}
