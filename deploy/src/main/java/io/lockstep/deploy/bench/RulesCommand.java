package io.lockstep.deploy.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lockstep.deploy.bench.rules.PlainPass;
import io.lockstep.deploy.bench.rules.RuleBenchmark;
import io.lockstep.deploy.bench.rules.RuleUpdate;
import io.lockstep.deploy.bench.rules.RuleWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code deploy/bench rules}. */
@Command(
    name = "rules",
    description =
        "Measures an update by every rule with JMH: time, and the part of the memory's bandwidth"
            + " that a plain pass over as many arrays reaches; beside PyTorch's fused or foreach"
            + " form where it has the rule.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  BENCH_PYTHON=~/venv/bin/python deploy/bench rules --only adamw,lion --threads 1"
    })
final class RulesCommand implements Callable<Integer> {
  /**
   * A line of the table: medians, and the smallest and largest of the rounds' fractions.
   *
   * @param nanos a parameter
   * @param bytes that an update moves a parameter
   * @param gigabytes moved a second
   * @param bandwidth bytes a second over those of the plain pass; null where arithmetic is the
   *     limit
   * @param spread of {@code bandwidth} over the rounds
   * @param peer what was measured beside it
   * @param peerNanos a parameter
   * @param ratio the peer's time over ours
   */
  record Line(
      String rule,
      long parameters,
      int threads,
      double nanos,
      int bytes,
      double gigabytes,
      @Nullable Double bandwidth,
      @Nullable List<Double> spread,
      @Nullable String peer,
      @Nullable Double peerNanos,
      @Nullable Double ratio) {}

  private static final String FORMAT = "%-26s %11s %7s %9s %6s %7s %10s %13s  %-26s %9s %6s%n";

  /** Where arithmetic is the limit, fewer parameters say the same and take seconds, not hours. */
  private static final long COMPUTE_BOUND_PARAMETERS = 1 << 20;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--only",
      paramLabel = "RULE",
      split = ",",
      description = "Only these rules, by their names in the table.")
  private List<String> only = List.of();

  @Option(
      names = "--parameters",
      paramLabel = "N",
      split = ",",
      description = "Parameters to update (default: ${DEFAULT-VALUE}).")
  private List<Long> parameters = List.of(10_000_000L, 100_000_000L);

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "Threads that share them (default: ${DEFAULT-VALUE}).")
  private List<Integer> threads = List.of(1, 2);

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Turns of rule, plain pass and peer (default: ${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also writes the lines there, as a list of objects.")
  private @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    List<String> known = RuleWork.all().stream().map(RuleWork::name).toList();
    for (String name : only) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "unknown rule '" + name + "', known: " + String.join(", ", known));
      }
    }
    if (rounds < 1 || threads.stream().anyMatch(n -> n < 1)) {
      throw new ParameterException(spec.commandLine(), "--rounds and --threads must be at least 1");
    }
    Companion.Peers peers = Companion.Peers.find(Bench.deploy().resolve("bench-peers"));
    List<Line> lines = new ArrayList<>();
    System.out.printf(
        Locale.ROOT,
        FORMAT,
        "rule",
        "parameters",
        "threads",
        "ns/param",
        "bytes",
        "GB/s",
        "bandwidth",
        "spread",
        "peer",
        "ns/param",
        "ratio");
    for (RuleWork work : RuleWork.all()) {
      if (only.isEmpty() || only.contains(work.name())) {
        for (long size : work.isComputeBound() ? List.of(COMPUTE_BOUND_PARAMETERS) : parameters) {
          for (int count : work.isComputeBound() ? List.of(1) : threads) {
            Line line = measure(work, size, count, peers);
            lines.add(line);
            print(line);
            write(lines);
          }
        }
      }
    }
    return 0;
  }

  private Line measure(RuleWork work, long wanted, int count, Companion.Peers peers)
      throws RunnerException, IOException {
    long size = count * RuleUpdate.layout(work, wanted / count).size();
    double[] nanos = new double[rounds];
    double[] fractions = new double[rounds];
    double[] peerNanos = new double[rounds];
    double[] ratios = new double[rounds];
    double passBytes = PlainPass.bytes(work.stateArrays() + 1);
    String peerName = null;
    try (Companion peer = Companion.python(peers, "rule.py", arguments(work, size, count))) {
      peerName = peer.name();
      peer.seconds(1);
      for (int round = 0; round < rounds; round++) {
        nanos[round] = nanos(work, "update", wanted, count) / size;
        fractions[round] = fraction(work, nanos[round], passBytes, wanted, count, size);
        peerNanos[round] = peerNanos(peer) / size;
        ratios[round] = peerNanos[round] / nanos[round];
      }
    } catch (PeerMissingException missing) {
      for (int round = 0; round < rounds; round++) {
        nanos[round] = nanos(work, "update", wanted, count) / size;
        fractions[round] = fraction(work, nanos[round], passBytes, wanted, count, size);
      }
    }
    double median = Comparison.median(nanos);
    double fraction = Comparison.median(fractions); // sorts them
    boolean bound = work.isComputeBound();
    return new Line(
        work.name(),
        size,
        count,
        median,
        work.bytes(),
        work.bytes() / median,
        bound ? null : fraction,
        bound ? null : List.of(fractions[0], fractions[rounds - 1]),
        peerName,
        peerName == null ? null : Comparison.median(peerNanos),
        peerName == null ? null : Comparison.median(ratios));
  }

  private static double fraction(
      RuleWork work, double ruleNanos, double passBytes, long wanted, int count, long size)
      throws RunnerException {
    if (work.isComputeBound()) {
      return 0;
    }
    double passNanos = nanos(work, "pass", wanted, count) / size;
    return work.bytes() / ruleNanos / (passBytes / passNanos);
  }

  /** The time of one update or pass, in a process of its own. */
  private static double nanos(RuleWork work, String side, long wanted, int count)
      throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include("^" + RuleBenchmark.class.getName() + "\\.run$")
            .param("rule", work.name())
            .param("side", side)
            .param("parameters", Long.toString(wanted))
            .threads(count)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .build();
    return new Runner(options).run().iterator().next().getPrimaryResult().getScore();
  }

  private static String[] arguments(RuleWork work, long size, int count) {
    return new String[] {work.name(), Long.toString(size), Integer.toString(count)};
  }

  /** One update of the peer: as many as fill a second. */
  private static double peerNanos(Companion peer) throws IOException {
    double once = peer.seconds(1);
    int times = (int) Math.max(1, Math.min(1 / once, 1000));
    return peer.seconds(times) / times * 1e9;
  }

  private static void print(Line line) {
    List<Double> spread = line.spread();
    System.out.printf(
        Locale.ROOT,
        FORMAT,
        line.rule(),
        line.parameters(),
        line.threads(),
        decimal(line.nanos()),
        line.bytes(),
        String.format(Locale.ROOT, "%.1f", line.gigabytes()),
        decimal(line.bandwidth()),
        spread == null
            ? ""
            : String.format(Locale.ROOT, "%.2f .. %.2f", spread.get(0), spread.get(1)),
        line.peer() == null ? "" : line.peer(),
        decimal(line.peerNanos()),
        decimal(line.ratio()));
  }

  private static String decimal(@Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.2f", value);
  }

  private void write(List<Line> lines) throws IOException {
    if (json != null) {
      ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
      Files.write(json, mapper.writeValueAsBytes(lines));
    }
  }
}
