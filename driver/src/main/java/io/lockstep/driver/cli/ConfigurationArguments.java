package io.lockstep.driver.cli;

import io.lockstep.common.config.RunConfiguration;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code CONFIG.yaml [--set key=value]...}. */
final class ConfigurationArguments {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Parameters(
      paramLabel = "CONFIG.yaml",
      description = "The configuration of the run: a file, or an address of Hadoop's.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String file;

  @Option(
      names = "--set",
      paramLabel = "key=value",
      description =
          "Puts a value over the file's, such as cluster.workers=4 or model.layers[0].units=128;"
              + " train.epochs replaces train.steps and the other way round. May be repeated.")
  private List<String> settings = new ArrayList<>();

  /** The configuration, resolved and checked. */
  RunConfiguration load() {
    return load(List.of());
  }

  /**
   * The configuration, resolved and checked.
   *
   * @param fixed settings of the command, over the user's
   */
  RunConfiguration load(List<String> fixed) {
    List<String> all = new ArrayList<>(settings);
    all.addAll(fixed);
    return ConfigurationFile.load(file, all);
  }

  /** Where the command prints. */
  PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** Where it prints what is no result. */
  PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** As the user has typed it. */
  List<String> words() {
    List<String> words = new ArrayList<>(List.of(file));
    for (String setting : settings) {
      words.add("--set");
      words.add(setting);
    }
    return words;
  }
}
