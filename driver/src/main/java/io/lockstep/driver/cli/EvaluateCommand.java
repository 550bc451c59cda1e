package io.lockstep.driver.cli;

import io.lockstep.driver.Measurement;
import io.lockstep.driver.TrainedModel;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunLog;
import io.lockstep.driver.storage.Storage;
import io.lockstep.worker.engine.metric.MetricValues;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep evaluate}. */
@Command(
    name = "evaluate",
    description =
        "Measures the weights of a run: on its validation data, with the bits of its last"
            + " validation, or on a file with labels.",
    footer = {
      "",
      "Example:",
      "  lockstep evaluate runs/wine",
      "  lockstep evaluate runs/wine --data more-wine.csv"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN_DIR", description = "The folder of a run that is done.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String runDirectory;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "A file in the format of the training data; with IDX the features, whose labels lie"
              + " beside them by MNIST's names.")
  private @Nullable String file;

  @Option(
      names = "--average",
      description = "Measures the average of the weights, where the run keeps one.")
  private boolean average;

  @Override
  public Integer call() {
    try (RunDirectory directory = RunDirectory.open(runDirectory, Storage.here())) {
      RunLog.in(directory);
      try (TrainedModel model =
          average ? TrainedModel.openAverage(directory) : TrainedModel.open(directory)) {
        print(
            file == null ? model.evaluate() : model.evaluate(file), model.data().labels().names());
      }
    }
    return Lockstep.DONE;
  }

  private void print(Measurement measurement, List<String> classes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("examples", Long.toString(measurement.examples())));
    rows.add(List.of("loss", Double.toString(measurement.loss())));
    MetricValues metrics = measurement.metrics();
    metrics.scalars().forEach((name, value) -> rows.add(List.of(name, value.toString())));
    Columns.print(rows, spec.commandLine().getOut());
    metrics.lists().forEach((name, list) -> print(name, list, classes));
  }

  /**
   * A list in one line, a table in one line a row, below its name; where it has a number a class,
   * and classes have names, with those.
   */
  private void print(String name, List<?> list, List<String> classes) {
    boolean table = !list.isEmpty() && list.get(0) instanceof List<?>;
    boolean named = !classes.isEmpty() && classes.size() == list.size();
    List<List<String>> rows = new ArrayList<>();
    if (named) {
      rows.add(table ? Stream.concat(Stream.of(""), classes.stream()).toList() : classes);
    }
    List<?> lines = table ? list : List.of(list);
    for (int i = 0; i < lines.size(); i++) {
      List<String> row = new ArrayList<>();
      if (named && table) {
        row.add(classes.get(i));
      }
      ((List<?>) lines.get(i)).forEach(value -> row.add(String.valueOf(value)));
      rows.add(row);
    }
    spec.commandLine().getOut().println(name);
    Columns.print(rows, spec.commandLine().getOut());
  }
}
