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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ConfigurationArguments configuration;

  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private RunFolderArguments folder;

  @Option(
      names = "--begin-or-resume",
      description =
          "Goes on with the run in --run-dir where there is one, and begins it where there is none:"
              + " for whoever starts the same command again, such as Kubernetes.")
  private boolean beginOrResume;

  @Override
  public Integer call() {
    RunConfiguration run = configuration.load();
    Storage storage = Storage.with(run.cluster().spark());
    boolean resume = folder.resumes();
    if (beginOrResume) {
      resume |= RunDirectory.holdsRun(folder.begunOrResumed(), storage);
    }
    try (RunDirectory directory =
        resume
            ? RunDirectory.open(folder.resumed(), storage)
            : RunDirectory.create(folder.orNew(run), storage)) {
      RunLog.in(directory);
      if (!resume) {
        directory.writeConfiguration(run, "");
      }
      PrintWriter out = configuration.out();
      out.println("run directory: " + directory.place());
      SummaryTable.print(train(run, directory, resume, out), out);
      return Lockstep.DONE;
    }
  }

  private Summary train(
      RunConfiguration run, RunDirectory directory, boolean resume, PrintWriter out) {
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
      configuration.err().println("the stack trace is in " + whereLogsAre(directory));
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
}
