package io.lockstep.driver.cli;

import io.lockstep.driver.cluster.ClusterCommand;
import io.lockstep.driver.report.Build;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code lockstep}. Exit codes: 0 done, 1 the run failed, 2 what was asked is wrong.
 */
@Command(
    name = "lockstep",
    description =
        "Trains neural networks on Apache Spark: the same configuration gives the same weights,"
            + " bit for bit, on any cluster.",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Lockstep.Version.class,
    subcommands = {
      TrainCommand.class,
      SubmitCommand.class,
      LrRangeCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      GenerateCommand.class,
      ValidateCommand.class,
      ModelCommand.class,
      GradcheckCommand.class,
      DoctorCommand.class,
      DiffCommand.class,
      ClusterCommand.class,
      ServerCommand.class,
      ConfigurationCommand.class,
      OptimizersCommand.class,
      ActivationsCommand.class,
      LossesCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Example:",
      "  lockstep train deploy/examples/mnist-mlp.yaml --set train.epochs=1",
      "",
      "Exit codes: 0 done, 1 the run failed, 2 the configuration or the command line is wrong."
    })
public final class Lockstep implements Runnable {
  /** Done. */
  public static final int DONE = 0;

  /** The run failed, or two runs differ, or something is wrong with the machine. */
  public static final int FAILED = 1;

  /** The configuration or the command line is wrong. */
  public static final int WRONG = 2;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  /** Without a command the command line is wrong. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }

  /** The version, the source's commit and what the build stands on. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"lockstep " + Build.name()};
    }
  }

  /**
   * Runs one command line.
   *
   * @return the exit code
   */
  public static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line =
        new CommandLine(new Lockstep())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler(Failures::wrongCommandLine)
            .setExecutionExceptionHandler(Failures::failed);
    int code = line.execute(arguments);
    out.flush();
    err.flush();
    return code;
  }
}
