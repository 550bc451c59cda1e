package io.lockstep.deploy.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.optim.Optimizer;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.driver.RunFailedException;
import io.lockstep.driver.Training;
import io.lockstep.driver.cli.ConfigurationFile;
import io.lockstep.driver.range.LearningRateRange;
import io.lockstep.driver.range.RangePage;
import io.lockstep.driver.range.RangeResult;
import io.lockstep.driver.range.RangeSettings;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.RunLog;
import io.lockstep.driver.spark.SparkRuntime;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code deploy/compare-optimizers}. */
@Command(
    name = "compare-optimizers",
    description =
        "Trains one model with every update rule, each with its default settings and the learning"
            + " rate that its own range test suggests, and prints one table.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Validation happens every 47 steps, a fifth of the example's epoch, where --set does not say"
          + " otherwise. A metric accuracy is needed.",
      "",
      "Example:",
      "  deploy/compare-optimizers --only sgd,adamw --set train.epochs=2 --page rules.html"
    })
public final class CompareOptimizers implements Callable<Integer> {
  private static final String EXAMPLE = "examples/mnist-mlp.yaml";

  /** A fifth of the example's epoch, so that epochs end with a validation. */
  private static final List<String> SETTINGS =
      List.of(
          "train.validateEvery={steps: 47}", "checkpoint={everySteps: 1000000000000000, keep: 1}");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "CONFIG.yaml",
      arity = "0..1",
      description = "The run, but for its rule (default: deploy/" + EXAMPLE + ").")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "key=value",
      description = "Puts a value over the file's. May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--only", paramLabel = "RULE", split = ",", description = "Only these rules.")
  private List<String> only = List.of();

  @Option(
      names = "--goal",
      paramLabel = "ACCURACY",
      description = "The accuracy to reach (default: ${DEFAULT-VALUE}).")
  private double goal = 0.97;

  @Option(
      names = "--range-steps",
      paramLabel = "N",
      description = "Steps of the range tests (default: ${DEFAULT-VALUE}).")
  private int rangeSteps = 200;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also writes the outcomes there, with times and losses.")
  private @Nullable Path json;

  @Option(
      names = "--page",
      paramLabel = "FILE.html",
      description = "Also writes a page with the losses of all rules.")
  private @Nullable Path page;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description = "Keeps the folders of all runs in this one; none of them may be there.")
  private @Nullable Path runDirectory;

  /** Runs the comparison and ends the process. */
  public static void main(String[] arguments) {
    System.exit(
        execute(
            arguments,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
  }

  static int execute(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new CompareOptimizers()).setOut(out).setErr(err);
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof ConfigurationException) {
            command.getErr().println("compare-optimizers: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
          }
          throw e;
        });
    return line.execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    if (!(goal > 0 && goal <= 1)) {
      throw new ParameterException(
          spec.commandLine(), "--goal must be in (0, 1], a fraction such as 0.97, got " + goal);
    }
    RunLog.nowhere();
    RangeSettings range = new RangeSettings(1e-7, 10, rangeSteps, 0.9, 4);
    List<Optimizer> rules = chosen();
    RunConfiguration run = configuration(rules.get(0).name(), "1");
    Path folder = folder();
    SparkRuntime session = SparkRuntime.start(run); // which every run then takes
    try (session) {
      List<RuleOutcome> outcomes = new ArrayList<>();
      for (Optimizer rule : rules) {
        outcomes.add(outcome(rule, range, folder));
        write(run.name(), outcomes);
      }
      spec.commandLine().getOut().print(OutcomeTable.markdown(OutcomeTable.rows(outcomes, goal)));
      spec.commandLine().getOut().flush();
    } finally {
      if (runDirectory == null) {
        delete(folder);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private List<Optimizer> chosen() {
    List<String> known = Optimizers.ALL.stream().map(Optimizer::name).toList();
    for (String name : only) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(), "unknown rule '" + name + "', known: " + String.join(", ", known));
      }
    }
    return Optimizers.ALL.stream()
        .filter(rule -> only.isEmpty() || only.contains(rule.name()))
        .toList();
  }

  private RunConfiguration configuration(String rule, String rate) {
    List<String> all = new ArrayList<>(SETTINGS);
    all.addAll(settings);
    all.add("optimizer={type: " + rule + ", learningRate: " + rate + "}");
    Path deploy = Path.of(System.getProperty("lockstep.deploy", "deploy"));
    return ConfigurationFile.load(file != null ? file : deploy.resolve(EXAMPLE), all);
  }

  private Path folder() throws IOException {
    return runDirectory != null ? runDirectory : Files.createTempDirectory("lockstep-compare-");
  }

  /** Range test and training of one rule. */
  private RuleOutcome outcome(Optimizer rule, RangeSettings range, Path folder) throws IOException {
    RangeResult found = range(rule.name(), range, folder.resolve(rule.name() + "-range"));
    Watch watch = new Watch(goal);
    if (found.suggestions().best().isEmpty()) {
      tell(rule.name() + ": no rate is suggested, the loss did not fall");
      return watch.outcome(rule.name(), rule.stateFloats(), OptionalDouble.empty(), "no rate", "");
    }
    double suggested = found.suggestions().best().get().learningRate();
    String rate = RangePage.figure(suggested);
    String failure = "";
    String sha256 = "";
    try (RunDirectory directory = RunDirectory.create(folder.resolve(rule.name()))) {
      RunConfiguration run = configuration(rule.name(), rate);
      directory.writeConfiguration(run, "");
      sha256 = Training.run(run, directory, false, watch).weightsSha256();
    } catch (RunFailedException e) {
      failure = "failed";
      tell(rule.name() + ": " + e.getMessage());
    }
    RuleOutcome outcome =
        watch.outcome(
            rule.name(),
            rule.stateFloats(),
            OptionalDouble.of(Double.parseDouble(rate)),
            failure,
            sha256);
    tell(
        rule.name()
            + ": rate "
            + rate
            + ", accuracy by epoch "
            + outcome.accuracyByEpoch()
            + ", "
            + Math.round(outcome.trainSeconds())
            + " s");
    return outcome;
  }

  private RangeResult range(String rule, RangeSettings settings, Path folder) throws IOException {
    RunConfiguration test = LearningRateRange.configuration(configuration(rule, "1"), settings);
    try (RunDirectory directory = RunDirectory.create(folder)) {
      directory.writeConfiguration(test, "");
      RangeResult result = LearningRateRange.run(test, settings, directory, RunListener.NONE);
      Files.writeString(folder.resolve("lr-range.html"), RangePage.html(result));
      return result;
    }
  }

  private void tell(String message) {
    spec.commandLine().getErr().println(message);
  }

  /** After every rule: a long comparison that is ended early has written what it found. */
  private void write(String name, List<RuleOutcome> outcomes) throws IOException {
    String text = toJson(outcomes);
    if (json != null) {
      Files.writeString(json, text);
    }
    if (page != null) {
      Files.writeString(page, OutcomeTable.page(name, outcomes, goal, text));
    }
  }

  private static String toJson(List<RuleOutcome> outcomes) {
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    for (RuleOutcome outcome : outcomes) {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      plain.put("rule", outcome.rule());
      plain.put("stateFloats", outcome.stateFloats());
      plain.put("learningRate", present(outcome.learningRate()));
      plain.put("accuracyByEpoch", outcome.accuracyByEpoch());
      plain.put("goalStep", outcome.goalStep().isPresent() ? outcome.goalStep().getAsLong() : null);
      plain.put("goalSeconds", present(outcome.goalSeconds()));
      plain.put("trainSeconds", outcome.trainSeconds());
      plain.put("failure", outcome.failure());
      plain.put("weightsSha256", outcome.weightsSha256());
      plain.put("losses", outcome.losses());
      list.add(plain);
    }
    try {
      return new ObjectMapper().writeValueAsString(list);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can be written", e);
    }
  }

  private static @Nullable Double present(OptionalDouble value) {
    return value.isPresent() ? (Double) value.getAsDouble() : null;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
