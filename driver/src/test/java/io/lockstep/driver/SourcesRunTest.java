package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs over every kind of source and label: the same hash with 1 and 3 workers, and evaluated. */
class SourcesRunTest {
  private static final String VALUES = "loss={type: mse}";

  private static final String TOKENS =
      """
      model:
        input: [6]
        layers:
          - {type: embedding, width: 5, vocabulary: 27}
          - {type: dense, units: 27}
      """;

  @TempDir Path folder;

  /** What is trained: its data, its model and what else it sets. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Case(String name, String data, String model, String... set) {
    RunConfiguration configuration(String... more) {
      List<String> all = new ArrayList<>(List.of(set));
      all.addAll(List.of(more));
      return RunCase.configuration(data, model, RunCase.SGD, all.toArray(String[]::new));
    }
  }

  private static String data(String train, String labels) {
    return "data:\n  train: {"
        + train
        + "}\n  validation: {fraction: 0.1}\n  labels: "
        + labels
        + "\n";
  }

  private static String synthetic(String generator, String labels) {
    return data("format: synthetic, examples: 300, generator: " + generator, labels);
  }

  private static String dense(String input, int units) {
    return "model:\n  chunkElements: 100\n  input: "
        + input
        + "\n  layers: [{type: dense, units: 8, activation: relu}, {type: dense, units: "
        + units
        + "}]\n";
  }

  private List<Case> cases() throws IOException {
    Path text = folder.resolve("text.txt");
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      letters.append((char) ('a' + (i * 7 + i / 5) % 26)).append(i % 9 == 8 ? "\n" : "");
    }
    Files.writeString(text, letters);
    StringBuilder rows = new StringBuilder("a,b,w,y,z\n");
    for (int i = 0; i < 300; i++) {
      rows.append(i % 17 - 8).append(',').append(i % 5).append(',').append(i % 3 * 0.5);
      rows.append(',').append(i % 17 * 0.1).append(',').append(i % 5 - i % 17).append('\n');
    }
    Path csv = Files.writeString(folder.resolve("rows.csv"), rows);
    return List.of(
        new Case(
            "text",
            data("format: text, path: " + text + ", length: 6, stride: 4", "{classes: 27}"),
            TOKENS),
        new Case("blobs", synthetic("gaussian-blobs", "{classes: 3}"), dense("[2]", 3)),
        new Case(
            "shapes",
            synthetic("{type: shapes, size: 8}", "{classes: 3}"),
            "model:\n  input: [1, 8, 8]\n  layers: [{type: conv2d, filters: 3, kernel: 3, padding:"
                + " same}]\n"),
        new Case(
            "linear",
            synthetic("{type: linear, outputs: 2}", "{regression: true}"),
            dense("[16]", 2),
            VALUES),
        new Case(
            "strokes",
            synthetic("{type: strokes, most: 2, time: 10}", "{classes: 5}"),
            """
            model:
              input: [10, 8]
              layers: [{type: gru, units: 6}, {type: dense, units: 5}]
            """,
            "loss={type: ctc, fromLogits: true, maxLabels: 2}"),
        new Case(
            "a class and a value",
            data("format: csv, path: " + csv + ", label: [b, y]", "{regression: true}"),
            """
            model:
              input: [3]
              layers:
                - {type: dense, name: trunk, units: 8, activation: tanh}
                - {type: dense, name: kind, units: 5, inputs: [trunk]}
                - {type: dense, name: value, units: 1, inputs: [trunk]}
            """,
            "loss={type: sum, terms: [{type: sparse-categorical-cross-entropy, fromLogits: true,"
                + " output: kind}, {type: mse, output: value}]}"),
        new Case(
            "weights and two labels",
            data("format: csv, path: " + csv + ", label: [z, y], weight: w", "{regression: true}"),
            dense("[2]", 2),
            VALUES,
            "optimizer.learningRate=0.001"));
  }

  @TestFactory
  Stream<DynamicTest> theHashIsTheSameWithOneAndThreeWorkers() throws IOException {
    return cases().stream()
        .map(
            run ->
                DynamicTest.dynamicTest(
                    run.name,
                    () -> {
                      Path path = folder.resolve(run.name);
                      Summary one = RunCase.run(run.configuration(), path, RunListener.NONE);
                      Summary three =
                          RunCase.run(
                              run.configuration("cluster.workers=3"),
                              folder.resolve(run.name + " 3"),
                              RunListener.NONE);
                      assertThat(three.weightsSha256()).isEqualTo(one.weightsSha256());
                      assertThat(one.reproducible()).isTrue();
                      try (RunDirectory directory = RunDirectory.open(path);
                          TrainedModel model = TrainedModel.open(directory)) {
                        assertThat(model.evaluate().loss())
                            .isEqualTo(one.validation().orElseThrow().loss());
                      }
                    }));
  }

  @Test
  void aModelOfTextGoesOnWithAPromptAndPredictsEachPosition() throws IOException {
    Path path = folder.resolve("text");
    RunCase.run(cases().get(0).configuration(), path, RunListener.NONE);
    assertThat(path.resolve("tokenizer.json")).exists();
    try (RunDirectory directory = RunDirectory.open(path);
        TrainedModel model = TrainedModel.open(directory)) {
      TextGenerator generator = new TextGenerator(model);
      String text = generator.goOn("abcdefghi", 20, 1, 3);
      assertThat(text).startsWith("abcdefghi").hasSize(29);
      assertThat(generator.goOn("abcdefghi", 20, 1, 3)).isEqualTo(text);
      assertThat(generator.goOn("abcdefghi", 20, 1, 4)).isNotEqualTo(text);
      assertThat(generator.goOn("a", 9, 0, 1)).isEqualTo(generator.goOn("a", 9, 0, 2));
      assertThatThrownBy(() -> generator.goOn("A", 1, 1, 0))
          .hasMessageStartingWith("the prompt: the character 'A' (U+0041) is not in");
      List<Long> rows = new ArrayList<>();
      String file = folder.resolve("text.txt").toString();
      model.predict(file, (row, outputs, from) -> rows.add(row));
      assertThat(rows).hasSize(555).endsWith(554L);
      assertThat(model.evaluate(file).examples()).isEqualTo(554);
    }
  }

  @Test
  void weightsChangeWhatIsLearned() throws IOException {
    Case weighted = cases().get(cases().size() - 1);
    Case even =
        new Case(
            "",
            weighted.data.replace("weight: w", "features: [a, b]"),
            weighted.model,
            weighted.set);
    RunCase runs = new RunCase(folder);
    assertThat(runs.run(even.configuration()).weightsSha256())
        .isNotEqualTo(runs.run(weighted.configuration()).weightsSha256());
  }

  @Test
  void aLabelThatALossDoesNotKnowEndsTheRunAtOnce() throws IOException {
    Case weighted = cases().get(cases().size() - 1);
    Case run = new Case("", weighted.data.replace("[z, y]", "y"), dense("[3]", 2), weighted.set[1]);
    assertThatThrownBy(() -> new RunCase(folder).run(run.configuration("cluster.threads=2")))
        .isInstanceOf(RunFailedException.class)
        .hasMessageContaining(
            "sparse-categorical-cross-entropy: a label must be a class from 0 to 1")
        .hasMessageNotContaining("times");
  }

  @Test
  void aLossThatTakesAnotherNumberOfLabelsIsRefusedBeforeAStep() throws IOException {
    Case run = cases().get(cases().size() - 1);
    Case narrow = new Case("", run.data, dense("[2]", 3), VALUES);
    assertThatThrownBy(() -> new RunCase(folder).run(narrow.configuration()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "the loss must be given as many numbers of label of an example as it takes (3), but"
                + " data.train (")
        .hasMessageContaining(") has 2; ");
  }
}
