package io.lockstep.driver.cli;

import io.lockstep.driver.TrainedModel;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunLog;
import io.lockstep.driver.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code RUN_DIR [--average]}: a run that is done, and which of its weights are meant. */
final class FinishedRun {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Parameters(paramLabel = "RUN_DIR", description = "The folder of a run that is done.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String directory;

  @Option(
      names = "--average",
      description = "Takes the average of the weights, where the run keeps one.")
  private boolean average;

  /** What a command does with the weights. */
  @FunctionalInterface
  interface Use {
    /** Does it; the model is closed afterwards. */
    void of(TrainedModel model) throws IOException;
  }

  /** Opens the run with its log, and its weights. */
  void use(Use use) throws IOException {
    try (RunDirectory opened = RunDirectory.open(directory, Storage.here())) {
      RunLog.in(opened);
      try (TrainedModel model =
          average ? TrainedModel.openAverage(opened) : TrainedModel.open(opened)) {
        use.of(model);
      }
    }
  }

  /** Where the command prints. */
  PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** A wrong command line. */
  ParameterException refused(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
