package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.data.DataException;
import io.lockstep.driver.report.Reason;
import io.lockstep.driver.report.RunLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What the user reads when something is wrong: one message on standard error. Stack traces go to
 * the log, which is named but where the message says all there is to know: a wrong configuration,
 * wrong data.
 */
final class Failures {
  private Failures() {}

  /** The command line cannot be understood. */
  static int wrongCommandLine(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String message = Reason.of(e).replaceAll("\\s*\\R\\s*", " ");
    command.getErr().println("lockstep: " + message + suggestion(e));
    command.getErr().println("see: " + command.getCommandSpec().qualifiedName() + " --help");
    return Lockstep.WRONG;
  }

  private static String suggestion(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    List<String> suggestions = unmatched.getSuggestions();
    return suggestions.isEmpty() ? "" : "; did you mean '" + suggestions.get(0) + "'?";
  }

  /** A command failed. */
  static int failed(Exception e, CommandLine command, ParseResult parsed) {
    if (e instanceof ConfigurationException) {
      command.getErr().println("lockstep: " + e.getMessage());
      return Lockstep.WRONG;
    }
    Optional<Path> log = RunLog.write(e);
    if (e instanceof DataException) {
      command.getErr().println("lockstep: " + e.getMessage());
      return Lockstep.FAILED;
    }
    command
        .getErr()
        .println(
            "lockstep: "
                + Reason.of(e)
                + log.map(file -> "\nthe stack trace is in " + file).orElse(""));
    return Lockstep.FAILED;
  }
}
