package io.lockstep.driver.cli;

import io.lockstep.driver.report.RunComparison;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.storage.Storage;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep diff}. */
@Command(
    name = "diff",
    description =
        "Shows the first step and tensor at which two runs part, and in what their configurations"
            + " and fingerprints differ. Exit code 0: the same bits; 1: other bits.",
    footer = {"", "Example:", "  lockstep diff runs/one runs/two"})
final class DiffCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN_DIR", description = "The folder of a run.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String first;

  @Parameters(index = "1", paramLabel = "RUN_DIR", description = "The folder of another run.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String second;

  @Override
  public Integer call() {
    try (RunDirectory one = RunDirectory.open(first, Storage.here());
        RunDirectory two = RunDirectory.open(second, Storage.here())) {
      RunComparison comparison = RunComparison.of(one, two);
      print(comparison, spec.commandLine().getOut());
      return comparison.same() ? Lockstep.DONE : Lockstep.FAILED;
    }
  }

  private static void print(RunComparison comparison, PrintWriter out) {
    print("configurations", comparison.configuration(), out);
    print("fingerprints and versions", comparison.fingerprints(), out);
    comparison
        .step()
        .ifPresentOrElse(
            step ->
                out.printf(
                    "first step that differs: %d, %s in %s: %s | %s%n",
                    step.step(), step.what(), step.file(), step.first(), step.second()),
            () -> out.println("steps and validations are the same"));
    comparison
        .tensor()
        .ifPresentOrElse(
            tensor ->
                out.printf(
                    "first tensor that differs: %s, element %d in %s: %s | %s%n",
                    tensor.tensor(),
                    tensor.element(),
                    tensor.where(),
                    tensor.first(),
                    tensor.second()),
            () -> out.println("tensors are the same in every state that both runs have"));
    out.println(comparison.same() ? "the runs have the same bits" : "the runs have other bits");
  }

  private static void print(
      String what, List<RunComparison.Difference> differences, PrintWriter out) {
    if (differences.isEmpty()) {
      out.println(what + " are the same");
      return;
    }
    out.println(what + " differ:");
    differences.forEach(
        difference ->
            out.printf(
                "  %s: %s | %s%s%n",
                difference.path(),
                difference.first(),
                difference.second(),
                difference.changesBits() ? "" : "  (does not change the bits)"));
  }
}
