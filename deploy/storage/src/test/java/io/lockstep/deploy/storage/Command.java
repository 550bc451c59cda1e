package io.lockstep.deploy.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.cli.Lockstep;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A command line of Lockstep's, run in this process. */
final class Command {
  private final List<String> arguments;

  Command(String... arguments) {
    this.arguments = new ArrayList<>(Arrays.asList(arguments));
  }

  /** With settings, {@code key=value} each. */
  Command with(List<String> settings) {
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    return this;
  }

  /** Runs it, and fails where it does not end well; returns what it printed. */
  String run() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Lockstep.run(arguments.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
    assertThat(code).as("%s%n%s%s", String.join(" ", arguments), out, err).isZero();
    return out.toString();
  }
}
