package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.Training;
import io.lockstep.driver.report.Progress;
import io.lockstep.driver.report.Reason;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunLog;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.report.SummaryTable;
import io.lockstep.driver.storage.Storage;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lockstep train}. */
@Command(
    name = "train",
    description = "Trains a model and writes its weights, with the hash that proves them.",
    footer = {
      "",
      "Example:",
      "  lockstep train deploy/examples/mnist-mlp.yaml --set cluster.workers=4 --run-dir runs/four",
      "  lockstep train deploy/examples/mnist-mlp.yaml --run-dir runs/four --resume"
    })
final class TrainCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ConfigurationArguments configuration;

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description =
          "The run's folder, new or empty, also on another file system of Hadoop's, such as"
              + " hdfs://namenode/runs/wine (default: runs/NAME-TIMESTAMP).")
  private @Nullable String runDirectory;

  @Option(
      names = "--resume",
      description =
          "Goes on with the run in --run-dir from its last checkpoint; the numbers of workers,"
              + " servers and threads may be others.")
  private boolean resume;

  @Option(
      names = "--begin-or-resume",
      description =
          "Goes on with the run in --run-dir where there is one, and begins it where there is none:"
              + " for whoever starts the same command again, such as Kubernetes.")
  private boolean beginOrResume;

  @Override
  public Integer call() {
    RunConfiguration run = configuration.load();
    resume |= beginOrResume && holdsRun(run);
    try (RunDirectory directory = directory(run)) {
      RunLog.in(directory);
      if (!resume) {
        directory.writeConfiguration(run, "");
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("run directory: " + directory.place());
      SummaryTable.print(train(run, directory, out), out);
      return Lockstep.DONE;
    }
  }

  private Summary train(RunConfiguration run, RunDirectory directory, PrintWriter out) {
    try (Progress progress = Progress.on(out)) {
      return Training.run(run, directory, resume, progress);
    } catch (RuntimeException e) {
      keepLog(directory, e);
      throw e;
    }
  }

  /** The log of a run elsewhere must be carried there before the local folder goes. */
  private void keepLog(RunDirectory directory, RuntimeException e) {
    if (!directory.isLocal() && !(e instanceof ConfigurationException)) {
      RunLog.write(e);
      spec.commandLine().getErr().println("the stack trace is in " + whereLogsAre(directory));
    }
  }

  private static String whereLogsAre(RunDirectory directory) {
    try {
      directory.carry();
      return directory.place() + "/logs/lockstep.log";
    } catch (UncheckedIOException e) {
      return directory.logs().resolve("lockstep.log") + ": " + Reason.of(e);
    }
  }

  private boolean holdsRun(RunConfiguration run) {
    if (runDirectory == null) {
      throw new ConfigurationException(
          "--begin-or-resume needs --run-dir: the folder of the run to begin or to go on with");
    }
    return RunDirectory.holdsRun(runDirectory, Storage.with(run.cluster().spark()));
  }

  private RunDirectory directory(RunConfiguration run) {
    Storage storage = Storage.with(run.cluster().spark());
    if (resume) {
      if (runDirectory == null) {
        throw new ConfigurationException(
            "--resume needs --run-dir: the folder of the run to go on with");
      }
      return RunDirectory.open(runDirectory, storage);
    }
    return RunDirectory.create(
        runDirectory != null ? runDirectory : RunFolder.of(run).toString(), storage);
  }
}
