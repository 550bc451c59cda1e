package io.lockstep.driver.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lockstep doctor}. */
@Command(
    name = "doctor",
    description =
        "Shows what this machine offers and what will be used of it, what is wrong and how to mend"
            + " it. Exit code 1 where something is wrong.",
    footer = {"", "Example:", "  lockstep doctor"})
final class DoctorCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() {
    List<Finding> findings = Doctor.ofThisMachine().examine();
    print(findings, spec.commandLine().getOut());
    return findings.stream().anyMatch(Finding::isWrong) ? Lockstep.FAILED : Lockstep.DONE;
  }

  /** One line a finding, with the way out below what is wrong. */
  static void print(List<Finding> findings, PrintWriter out) {
    int width = findings.stream().mapToInt(finding -> finding.what().length()).max().orElse(0);
    for (Finding finding : findings) {
      String mark = finding.isWrong() ? "WRONG" : "ok   ";
      String gap = " ".repeat(width - finding.what().length() + 2);
      out.println(mark + "  " + finding.what() + gap + finding.found());
      finding.wayOut().ifPresent(way -> out.println("       " + " ".repeat(width + 2) + way));
    }
    long wrong = findings.stream().filter(Finding::isWrong).count();
    out.println(
        wrong == 0
            ? "nothing is wrong"
            : wrong + (wrong == 1 ? " thing is" : " things are") + " wrong");
  }
}
