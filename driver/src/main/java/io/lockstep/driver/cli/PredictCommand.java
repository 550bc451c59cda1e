package io.lockstep.driver.cli;

import io.lockstep.driver.TrainedModel;
import io.lockstep.driver.report.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private FinishedRun run;

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
      names = "--layer",
      paramLabel = "NAME",
      description =
          "The layer whose output is written, one that a loss takes (default: the first loss's)."
              + " What is not compared with the labels is written as values.")
  private @Nullable String layer;

  @Override
  public Integer call() throws IOException {
    run.use(this::predict);
    return Lockstep.DONE;
  }

  private void predict(TrainedModel model) throws IOException {
    if (layer != null) {
      model.show(layer);
    }
    try (PredictionFile predictions =
        PredictionFile.create(output, model.outputLabels(), model.outputShape())) {
      model.predict(file, predictions::write);
      predictions.commit();
      run.out().println(Figures.count(predictions.rows()) + " predictions in " + output);
    }
  }
}
