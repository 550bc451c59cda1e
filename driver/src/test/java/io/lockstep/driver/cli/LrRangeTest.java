package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.driver.cli.LockstepTest.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code lr-range} on a small table: 142 rows, 5 steps an epoch. */
class LrRangeTest {
  private static final String WINE = "../deploy/examples/wine.yaml";

  @TempDir private Path folder;

  private Output test(String name, String... arguments) {
    List<String> line = new ArrayList<>(List.of("lr-range", WINE));
    line.addAll(List.of("--run-dir", folder.resolve(name).toString()));
    line.addAll(List.of(arguments));
    return LockstepTest.run(line.toArray(String[]::new));
  }

  private JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(Files.readString(file));
  }

  @Test
  void overSeveralEpochsTheLossFallsExplodesAndSuggestsTheSameOnAnyCluster() throws IOException {
    Output one = test("one", "--steps", "120", "--to", "100", "--set", "cluster.workers=1");
    assertThat(one.err()).isEmpty();
    assertThat(one.code()).isZero();
    Path run = folder.resolve("one");
    assertThat(one.out())
        .contains("; then the loss exploded.")
        .containsPattern("fall +0\\.0\\d+ +where nine tenths of the fall are made")
        .containsPattern("suggested: --set optimizer.learningRate=0\\.0\\d+")
        .contains("page: " + run.resolve("lr-range.html"));

    JsonNode result = json(run.resolve("lr-range.json"));
    assertThat(result.get("name").asText()).isEqualTo("wine");
    assertThat(result.get("ending").asText()).isEqualTo("the loss exploded");
    assertThat(result.get("suggestion").asDouble()).isBetween(1e-3, 0.3);
    JsonNode points = result.get("points");
    assertThat(points.size()).isBetween(60, 119);
    assertThat(points.get(0).get("learningRate").asDouble()).isBetween(0.99e-7, 1.01e-7);
    assertThat(Files.readAllLines(run.resolve("steps.jsonl"))).hasSize(points.size());

    Output two =
        test(
            "two",
            "--steps",
            "120",
            "--to",
            "100",
            "--set",
            "cluster.workers=3",
            "--set",
            "cluster.servers=2");
    assertThat(two.code()).isZero();
    assertThat(Files.readString(folder.resolve("two/lr-range.json")))
        .isEqualTo(Files.readString(run.resolve("lr-range.json")));
  }

  @Test
  void theFolderSaysWhatItIsAndHoldsNothingElse() throws IOException {
    Path page = folder.resolve("page.html");
    Path json = folder.resolve("points.json");
    Output output =
        test(
            "run",
            "--steps",
            "10",
            "--to",
            "0.01",
            "--output",
            page.toString(),
            "--json",
            json.toString());
    assertThat(output.code()).as(output.err()).isZero();
    assertThat(output.out()).contains("in 10 steps of 10; then it made its last step.");
    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("config.yaml", "data.json", "logs", "steps.jsonl");
    }
    assertThat(Files.readString(folder.resolve("run/config.yaml")))
        .contains("name: wine-lr-range", "type: range", "learningRate: 0.01");
    assertThat(json(json).get("what").asText()).isEqualTo("learning-rate range test");
    assertThat(page).content().startsWith("<!doctype html>");
  }

  @Test
  void aLossThatIsNotFiniteIsANormalEndAtTheSameStepOnAnyCluster() throws IOException {
    String[] wild = {
      "--set", "optimizer={type: sgd, learningRate: 1, weightDecay: 1}",
      "--from", "1",
      "--to", "1e30",
      "--steps", "40",
      "--explosion", "1e300"
    };
    Output output = test("wild", wild);
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
    assertThat(output.out()).contains("; then the next loss or gradient was not finite.");
    List<String> three = new ArrayList<>(List.of(wild));
    three.addAll(List.of("--set", "cluster.workers=3", "--set", "cluster.servers=2"));
    assertThat(test("three", three.toArray(String[]::new)).code()).isZero();
    assertThat(Files.readString(folder.resolve("three/lr-range.json")))
        .isEqualTo(Files.readString(folder.resolve("wild/lr-range.json")));
  }

  @Test
  void whatIsSuggestedIsTheRateThatTheConfigurationScales() {
    Output output =
        test(
            "scaled",
            "--steps",
            "120",
            "--to",
            "100",
            "--set",
            "schedule={type: constant, batchScaling: {rule: linear, baseBatch: 1}}",
            "--set",
            "average={type: ema, decay: 0.9}");
    assertThat(output.err()).isEmpty();
    assertThat(output.out())
        .containsPattern(
            "suggested: --set optimizer.learningRate=[0-9.e-]+, of which schedule.batchScaling"
                + " makes 0\\.0\\d+");
  }

  @Test
  void withoutAFallNothingIsSuggested() {
    Output output = test("low", "--steps", "60", "--from", "1e-9", "--to", "1e-8");
    assertThat(output.code()).isZero();
    assertThat(output.out())
        .contains(
            "no rate is suggested: the loss did not fall; try a wider --from and --to, more"
                + " --steps");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --from=0                | --from must be finite and > 0, got 0.0
          --from=NaN              | --from must be finite and > 0, got NaN
          --to=1e-7               | --to must be finite and above --from 1.0E-7, got 1.0E-7
          --to=Infinity           | --to must be finite and above --from 1.0E-7, got Infinity
          --steps=9               | --steps must be in [10, 10000], got 9
          --steps=10001           | --steps must be in [10, 10000], got 10001
          --smoothing=1           | --smoothing must be in [0, 1), got 1.0
          --explosion=1           | --explosion must be finite and > 1, got 1.0
          --output=no/such/x.html | --output must be a file in a folder that exists, got no/such/x.html
          --json=.                | --json must be a file in a folder that exists, got .
          """)
  void whatMakesNoSenseIsRefusedBeforeAnythingIsWritten(String option, String message) {
    Output output = test("refused", option);
    assertThat(output)
        .isEqualTo(new Output(2, "", "lockstep: " + message + System.lineSeparator()));
    assertThat(folder.resolve("refused")).doesNotExist();
  }
}
