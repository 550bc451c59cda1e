package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.GradientChecks;
import io.lockstep.driver.report.RunLog;
import io.lockstep.worker.engine.check.GradientCheck;
import io.lockstep.worker.engine.check.GradientReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep gradcheck}. */
@Command(
    name = "gradcheck",
    description =
        "Compares the gradients of a configuration's model, near its first values and on one slice of"
            + " its data, with central differences in float64. Exit code 1 where one is wrong.",
    footer = {
      "",
      "Coordinates that have a kink in reach, such as that of relu, are skipped and counted.",
      "",
      "Example:",
      "  lockstep gradcheck deploy/examples/wine.yaml",
      "  lockstep gradcheck deploy/examples/mnist-lenet.yaml --examples 4 --coordinates 16"
    })
final class GradcheckCommand implements Callable<Integer> {
  /** Nothing of the cluster changes a gradient. */
  private static final List<String> HERE = List.of("cluster.master=local", "cluster.workers=1");

  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ConfigurationArguments configuration;

  @Option(
      names = "--coordinates",
      paramLabel = "N",
      description = "Drawn of each tensor by the run's seed (default: ${DEFAULT-VALUE}).")
  private int coordinates = 64;

  @Option(
      names = "--examples",
      paramLabel = "N",
      description = "Most examples of the slice that are taken (default: all of them).")
  private int examples = Integer.MAX_VALUE;

  @Override
  public Integer call() {
    checkPositive("--coordinates", coordinates);
    checkPositive("--examples", examples);
    RunLog.nowhere();
    RunConfiguration run = configuration.load(HERE);
    GradientReport report = GradientChecks.check(run, coordinates, examples);
    return print(report, configuration.out());
  }

  private static void checkPositive(String option, int value) {
    if (value < 1) {
      throw new ConfigurationException(option + " must be >= 1, got " + value);
    }
  }

  /** Prints a row for each tensor and returns the exit code. */
  static int print(GradientReport report, PrintWriter out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "tensor",
            "checked",
            "skipped",
            "worst error",
            "element",
            "gradient",
            "difference",
            "verdict"));
    report.tensors().forEach(tensor -> rows.add(row(tensor)));
    Columns.print(rows, out);
    out.println();
    out.printf(
        Locale.ROOT,
        "%s: %d coordinates checked, %d skipped at kinks, largest relative error %.2e (allowed"
            + " %.0e)%n",
        report.isRight() ? "all gradients are right" : "GRADIENTS ARE WRONG",
        report.checked(),
        report.skipped(),
        report.worstError(),
        GradientCheck.TOLERANCE);
    return report.isRight() ? Lockstep.DONE : Lockstep.FAILED;
  }

  private static List<String> row(GradientReport.Tensor tensor) {
    GradientReport.Coordinate worst = tensor.worst();
    boolean none = worst.element() < 0;
    return List.of(
        tensor.name(),
        Integer.toString(tensor.checked()),
        Integer.toString(tensor.skipped()),
        none ? "" : String.format(Locale.ROOT, "%.2e", worst.error()),
        none ? "" : Integer.toString(worst.element()),
        none ? "" : String.format(Locale.ROOT, "%.8g", worst.gradient()),
        none ? "" : String.format(Locale.ROOT, "%.8g", worst.difference()),
        none ? "none compared" : tensor.isRight() ? "right" : "WRONG");
  }
}
