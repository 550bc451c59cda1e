package io.lockstep.driver.cli;

import io.lockstep.driver.Measurement;
import io.lockstep.worker.engine.metric.MetricValues;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private FinishedRun run;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "A file in the format of the training data; with IDX the features, whose labels lie"
              + " beside them by MNIST's names.")
  private @Nullable String file;

  @Override
  public Integer call() throws IOException {
    run.use(
        model ->
            print(
                file == null ? model.evaluate() : model.evaluate(file),
                model.data().labels().names()));
    return Lockstep.DONE;
  }

  private void print(Measurement measurement, List<String> classes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("examples", Long.toString(measurement.examples())));
    rows.add(List.of("loss", Double.toString(measurement.loss())));
    MetricValues metrics = measurement.metrics();
    metrics.scalars().forEach((name, value) -> rows.add(List.of(name, value.toString())));
    Columns.print(rows, run.out());
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
    run.out().println(name);
    Columns.print(rows, run.out());
  }
}
