package io.lockstep.driver.cli;

import io.lockstep.driver.TrainedModel;
import io.lockstep.driver.report.Figures;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunLog;
import io.lockstep.driver.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep predict}. */
@Command(
    name = "predict",
    description = "Writes a prediction for every row of a file.",
    footer = {
      "",
      "Example:",
      "  lockstep predict runs/wine --data new.csv --output predictions.csv"
    })
final class PredictCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN_DIR", description = "The folder of a run that is done.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String runDirectory;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "A file in the format of the training data; labels are not needed.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String file;

  @Option(
      names = "--output",
      paramLabel = "FILE.csv",
      required = true,
      description =
          "Receives row,prediction,p0,p1,...: the row's number from 0, the class or the value, and"
              + " for classes their probabilities; behind row a position, a line each, where every"
              + " token or pixel has a class.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path output;

  @Option(
      names = "--average",
      description = "Predicts with the average of the weights, where the run keeps one.")
  private boolean average;

  @Override
  public Integer call() throws IOException {
    try (RunDirectory directory = RunDirectory.open(runDirectory, Storage.here())) {
      RunLog.in(directory);
      try (TrainedModel model =
              average ? TrainedModel.openAverage(directory) : TrainedModel.open(directory);
          PredictionFile predictions =
              PredictionFile.create(output, model.data().labels(), model.outputShape())) {
        model.predict(file, predictions::write);
        predictions.commit();
        spec.commandLine()
            .getOut()
            .println(Figures.count(predictions.rows()) + " predictions in " + output);
      }
    }
    return Lockstep.DONE;
  }
}
