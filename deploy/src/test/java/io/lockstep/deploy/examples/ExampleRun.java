package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.driver.cli.ConfigurationFile;
import io.lockstep.driver.cli.Lockstep;
import io.lockstep.driver.report.SafetensorsReader;
import io.lockstep.driver.spark.SparkRuntime;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * An example that was trained in this process by the command line's own {@code train}.
 *
 * <p>All runs of a JVM share one local Spark with slots for {@link #MOST_WORKERS}, as runs under
 * spark-submit share theirs: starting one costs more than most examples.
 */
final class ExampleRun {
  static final int MOST_WORKERS = 4;

  private static final Path EXAMPLES = Path.of("examples");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  private ExampleRun(Path directory) {
    this.directory = directory;
  }

  /** Every example file's name, by listing the folder. */
  static List<String> files() {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + EXAMPLES.toAbsolutePath(), e);
    }
  }

  /** An example's file. */
  static Path file(String name) {
    return EXAMPLES.resolve(name);
  }

  /**
   * Trains an example, and fails where it does not end well.
   *
   * @param name the file's
   * @param folder where the run gets a folder of its own
   * @param settings {@code key=value} each, as after {@code --set}
   */
  static ExampleRun of(String name, Path folder, String... settings) {
    Spark.start();
    try {
      Path directory = Files.createTempDirectory(folder, name.replace(".yaml", "-"));
      List<String> arguments =
          new ArrayList<>(
              List.of("train", file(name).toString(), "--run-dir", directory.toString()));
      Stream.of(settings).forEach(setting -> arguments.addAll(List.of("--set", setting)));
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int code =
          Lockstep.run(
              arguments.toArray(String[]::new), new PrintWriter(out), new PrintWriter(err));
      assertThat(code).as("%s%n%s%s", String.join(" ", arguments), out, err).isZero();
      return new ExampleRun(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder in " + folder, e);
    }
  }

  /** Where the run wrote everything down. */
  Path directory() {
    return directory;
  }

  /** {@code summary.json}: the last validation's loss is {@code validationLoss}. */
  JsonNode summary() {
    return json(read("summary.json"));
  }

  /** A number of the summary, such as {@code accuracy}; fails where it is missing. */
  double figure(String name) {
    JsonNode figure = summary().path(name);
    assertThat(figure.isNumber()).as("%s in %s", name, summary()).isTrue();
    return figure.asDouble();
  }

  /** The SHA-256 of the weights. */
  String hash() {
    return summary().get("weightsSha256").asText();
  }

  /** {@code steps.jsonl}, a line an update. */
  List<JsonNode> steps() {
    return lines("steps.jsonl");
  }

  /** {@code validation.jsonl}, a line a validation. */
  List<JsonNode> validations() {
    return lines("validation.jsonl");
  }

  /** The elements of a tensor of {@code model.safetensors}, row-major, as the run left them. */
  float[] tensor(String name) {
    try (SafetensorsReader model = new SafetensorsReader(directory.resolve("model.safetensors"))) {
      SafetensorsReader.Tensor tensor =
          model.tensors().stream()
              .filter(one -> one.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError(name + " is none of " + model.tensors()));
      float[] values = new float[Math.toIntExact(tensor.size())];
      model.read(tensor.offset(), values, 0, values.length);
      return values;
    }
  }

  private List<JsonNode> lines(String file) {
    return read(file).lines().map(ExampleRun::json).toList();
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + " of " + directory, e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("not JSON: " + text, e);
    }
  }

  /** The session that all runs find; it ends with the JVM. */
  private static final class Spark {
    private static final SparkRuntime RUNTIME =
        SparkRuntime.start(
            ConfigurationFile.load(
                file("mnist-mlp.yaml"), List.of("cluster.workers=" + MOST_WORKERS)));

    static void start() {
      assertThat(RUNTIME.session().sparkContext().isStopped()).isFalse();
    }
  }
}
