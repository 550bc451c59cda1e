package io.lockstep.driver.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lockstep configuration}: the table that README.md holds. */
@Command(
    name = "configuration",
    description = "Prints all keys of the configuration as a table in Markdown.",
    footer = {"", "Example:", "  lockstep configuration"})
final class ConfigurationCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() {
    ConfigurationTable.lines().forEach(spec.commandLine().getOut()::println);
    return Lockstep.DONE;
  }
}
