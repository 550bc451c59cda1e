package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.driver.cli.LockstepTest.Output;
import io.lockstep.driver.report.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands one after another on a small run, as a user has them. */
class TrainEvaluatePredictTest {
  private static final String WINE = "../deploy/examples/wine.yaml";
  private static final String DATA = "../deploy/examples/data/tabular/wine.csv";

  @TempDir private Path folder;

  @Test
  void aRunIsTrainedMeasuredAgainToTheBitAndPredicts() throws IOException {
    Path one = train("one", "cluster.workers=1");
    JsonNode summary = new ObjectMapper().readTree(Files.readString(one.resolve("summary.json")));
    assertThat(summary.get("reproducible").asBoolean()).isTrue();
    try (SafetensorsReader weights = new SafetensorsReader(one.resolve("model.safetensors"))) {
      assertThat(weights.weightsSha256()).isEqualTo(summary.get("weightsSha256").asText());
    }

    Output evaluated = LockstepTest.run("evaluate", one.toString());
    assertThat(evaluated.err()).isEmpty();
    assertThat(evaluated.out().lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "loss " + summary.get("validationLoss").asText(),
            "accuracy " + summary.get("accuracy").asText());

    Path csv = folder.resolve("predictions.csv");
    Output predicted =
        LockstepTest.run("predict", one.toString(), "--data", DATA, "--output", csv.toString());
    assertThat(predicted.err()).isEmpty();
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines).hasSize(179).first().isEqualTo("row,prediction,p0,p1,p2");
    assertThat(lines.get(178)).startsWith("177,");

    Path two = train("two", "cluster.workers=2");
    Output same = LockstepTest.run("diff", one.toString(), two.toString());
    assertThat(same.code()).as(same.out()).isZero();
    assertThat(same.out())
        .contains("cluster.workers: 1 | 2  (does not change the bits)")
        .contains("the runs have the same bits");

    Path other = train("other", "seed=8");
    Output differs = LockstepTest.run("diff", one.toString(), other.toString());
    assertThat(differs.code()).isEqualTo(1);
    assertThat(differs.out())
        .contains("seed: 7 | 8")
        .contains("first step that differs: 1, loss in steps.jsonl: ")
        .contains("first tensor that differs: ")
        .contains("the runs have other bits");
  }

  @Test
  void ofSeveralOutputsTheUserChoosesOne() throws IOException {
    Path run = folder.resolve("two-outputs");
    Output trained =
        LockstepTest.run(
            "train",
            WINE,
            "--set",
            "train.epochs=1",
            "--set",
            "model.layers=[{type: dense, name: code, units: 4, activation: tanh},"
                + " {type: dense, name: again, units: 13},"
                + " {type: dense, name: kind, inputs: [code], units: 3}]",
            "--set",
            "loss={type: sum, terms: [{type: mse, output: again, target: input},"
                + " {type: sparse-categorical-cross-entropy, fromLogits: true, output: kind}]}",
            "--run-dir",
            run.toString());
    assertThat(trained.err()).isEmpty();
    assertThat(trained.code()).isZero();
    assertThat(predictions(run).get(0))
        .as("values: they are compared with no label")
        .startsWith("row,prediction,p0,")
        .endsWith(",p12");
    assertThat(predictions(run, "--layer", "again")).isEqualTo(predictions(run));
    List<String> kinds = predictions(run, "--layer", "kind");
    assertThat(kinds).hasSize(179).first().isEqualTo("row,prediction,p0,p1,p2");
    for (String line : kinds.subList(1, kinds.size())) {
      String[] cells = line.split(",", -1);
      double sum = 0;
      for (int k = 2; k < cells.length; k++) {
        sum += Double.parseDouble(cells[k]);
      }
      assertThat(cells[1]).isIn("0", "1", "2");
      assertThat(sum).as("probabilities").isCloseTo(1, within(1e-5));
    }
    Output none =
        LockstepTest.run(
            "predict", run.toString(), "--data", DATA, "--output", "none.csv", "--layer", "code");
    assertThat(none.err())
        .startsWith(
            "lockstep: a layer must be one whose output a loss takes, got 'code'; known: again,"
                + " kind");
  }

  private List<String> predictions(Path run, String... more) throws IOException {
    Path csv = folder.resolve("predictions.csv");
    List<String> words =
        new ArrayList<>(
            List.of("predict", run.toString(), "--data", DATA, "--output", csv.toString()));
    words.addAll(List.of(more));
    assertThat(LockstepTest.run(words.toArray(String[]::new)).err()).isEmpty();
    return Files.readAllLines(csv);
  }

  @Test
  void badDataEndTheRunWithOneLineThatNamesFileAndRow() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(DATA)));
    lines.set(17, lines.get(17).replaceFirst("^[^,]*", "NaN"));
    Path bad = Files.write(folder.resolve("bad.csv"), lines);
    Path run = folder.resolve("run");
    Output output =
        LockstepTest.run(
            "train", WINE, "--set", "data.train.path=" + bad, "--run-dir", run.toString());
    String column = lines.get(0).replaceFirst(",.*", "");
    assertThat(output.err())
        .isEqualTo(
            "lockstep: "
                + bad
                + ":18: column '"
                + column
                + "' must be a finite number, got 'NaN'; mend the row, or leave such rows out with"
                + " data.train.onBadRow: skip"
                + System.lineSeparator());
    assertThat(output.code()).isEqualTo(1);
    assertThat(run.resolve("config.yaml")).exists();
    assertThat(run.resolve("summary.json")).doesNotExist();
  }

  @Test
  void theSameCommandGivenAgainGoesOnWhereTheFirstOneStopped() throws IOException {
    Path run = folder.resolve("again");
    String[] command = {
      "train", WINE, "--set", "train.epochs=2", "--run-dir", run.toString(), "--begin-or-resume"
    };
    Output begun = LockstepTest.run(command);
    assertThat(begun.err()).isEmpty();
    String hash = hash(run);
    Files.delete(run.resolve("summary.json"));

    Output resumed = LockstepTest.run(command);
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.code()).isZero();
    assertThat(hash(run)).isEqualTo(hash);
    JsonNode summary = new ObjectMapper().readTree(Files.readString(run.resolve("summary.json")));
    assertThat(summary.get("trainSeconds").asDouble()).as("no step is left to do").isZero();
  }

  private static String hash(Path run) throws IOException {
    return new ObjectMapper()
        .readTree(Files.readString(run.resolve("summary.json")))
        .get("weightsSha256")
        .asText();
  }

  private Path train(String name, String setting) {
    Path run = folder.resolve(name);
    Output output =
        LockstepTest.run(
            "train",
            WINE,
            "--set",
            "train.epochs=2",
            "--set",
            setting,
            "--run-dir",
            run.toString());
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
    assertThat(output.out()).contains("weights sha256");
    return run;
  }
}
