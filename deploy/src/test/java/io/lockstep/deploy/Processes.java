package io.lockstep.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.driver.cluster.LocalCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Runs of Lockstep as a user starts them, each in processes of its own: by the launcher, and by
 * Spark's own submit in client mode on a cluster. The data are made-up images of four classes.
 */
final class Processes {
  private static final int EXAMPLES = 600;
  private static final int SIDE = 8;

  static final String MLP =
      """
      model:
        chunkElements: 100
        input: [64]
        layers:
          - {type: dense, name: hidden, units: 32, activation: relu, initializer: he-normal}
          - {type: dropout, rate: 0.2}
          - {type: dense, name: output, units: 4}
      optimizer: {type: sgd, learningRate: 0.05, momentum: 0.9}
      """;

  static final String CNN =
      """
      model:
        chunkElements: 100
        input: [1, 8, 8]
        layers:
          - {type: conv2d, name: filters, filters: 5, kernel: 3, activation: relu}
          - {type: max-pool2d, size: 2}
          - {type: flatten}
          - {type: dense, name: output, units: 4}
      optimizer: {type: lamb, learningRate: 0.01}
      schedule: {type: cosine, warmup: {steps: 3, from: 0.0}}
      clip: {type: global-norm, maximum: 0.5}
      """;

  private final Path folder;
  private int runs;

  Processes(Path folder) throws IOException {
    this.folder = folder;
    writeData();
  }

  private void writeData() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    ByteBuffer images = ByteBuffer.allocate(16 + EXAMPLES * SIDE * SIDE);
    images.putInt(0x803).putInt(EXAMPLES).putInt(SIDE).putInt(SIDE);
    ByteBuffer labels = ByteBuffer.allocate(8 + EXAMPLES);
    labels.putInt(0x801).putInt(EXAMPLES);
    for (int i = 0; i < EXAMPLES; i++) {
      int label = random.nextInt(4);
      labels.put((byte) label);
      for (int p = 0; p < SIDE * SIDE; p++) {
        boolean bright = p / SIDE / 4 * 2 + p % SIDE / 4 == label;
        images.put((byte) random.nextInt(bright ? 256 : 180));
      }
    }
    Files.write(folder.resolve("images"), images.array());
    Files.write(folder.resolve("labels"), labels.array());
  }

  /** Writes a configuration; without {@code --set} it runs in one process with one worker. */
  Path configuration(String model, int steps) throws IOException {
    String text =
        """
        name: processes
        seed: 42
        data:
          train: {format: idx, features: images, labels: labels}
          validation: {fraction: 0.1}
          scale: {divide: 255}
          labels: {classes: 4}
        """
            + model
            + """
              loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
              batch: {size: 56, slice: 8}
              cluster: {master: local}
              checkpoint: {everySteps: 40, keep: 2}
              """
            + "train: {steps: "
            + steps
            + ", validateEvery: {epochs: 10}}\n";
    Path file = folder.resolve((model.equals(MLP) ? "mlp" : "cnn") + "-" + steps + ".yaml");
    return Files.writeString(file, text);
  }

  /** A new folder for a run. */
  Path newDirectory() {
    runs++;
    return folder.resolve("run-" + runs);
  }

  /** {@code deploy/lockstep ARGUMENTS}; its output goes to DIRECTORY.log. */
  Process launch(Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Installation.launcher().toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(Installation.root().toFile());
    builder
        .environment()
        .putAll(Map.of("LOCKSTEP_HEAP", "1g", "LOCKSTEP_SECRET", "known to drivers and servers"));
    return start(builder, directory);
  }

  /** {@code spark-submit --master MASTER --deploy-mode client JAR ARGUMENTS}. */
  Process submit(String master, Path directory, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Installation.jvmOptions(),
                "-Xmx1g",
                "-cp",
                Installation.sparkHome() + "/jars/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                master,
                "--deploy-mode",
                "client",
                "--conf",
                "spark.executor.memory=1g",
                "--class",
                "io.lockstep.driver.Main",
                Installation.applicationJar().toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(Map.of("SPARK_LOCAL_IP", "127.0.0.1", "SPARK_HOME", Installation.sparkHome() + ""));
    return start(builder, directory);
  }

  private static Process start(ProcessBuilder builder, Path directory) throws IOException {
    Path log = log(directory);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private static Path log(Path directory) {
    return directory.resolveSibling(directory.getFileName() + ".log");
  }

  /** Waits for a run's end and reads its summary. */
  static JsonNode summary(Process run, Path directory) throws IOException, InterruptedException {
    if (!run.waitFor(5, TimeUnit.MINUTES)) {
      run.destroyForcibly();
      throw new AssertionError("the run did not end in time:\n" + output(directory));
    }
    if (run.exitValue() != 0) {
      throw new AssertionError("exit code " + run.exitValue() + ":\n" + output(directory));
    }
    return new ObjectMapper().readTree(directory.resolve("summary.json").toFile());
  }

  /** What a run has printed. */
  static String output(Path directory) throws IOException {
    return Files.readString(log(directory));
  }

  /** Steps that the run has written down so far. */
  static long steps(Path directory) throws IOException {
    Path steps = directory.resolve("steps.jsonl");
    if (!Files.exists(steps)) {
      return 0;
    }
    try (var lines = Files.lines(steps)) {
      return lines.count();
    }
  }

  /** {@code kill -9} of one of a cluster's executors. */
  static void killExecutor(LocalCluster cluster) {
    cluster.executors().stream()
        .filter(LocalCluster::runs)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no executor runs"))
        .destroyForcibly();
  }
}
