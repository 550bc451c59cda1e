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
import java.util.concurrent.atomic.AtomicInteger;

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

  /** What drivers and server processes know; it may stand in their environment and nowhere else. */
  static final String SECRET = "known to drivers and servers";

  /** For a JVM as users start it; the pom gives those that live for seconds the first only. */
  static final String BOTH_COMPILERS = "-XX:TieredStopAtLevel=4";

  private final Path folder;
  private final AtomicInteger runs = new AtomicInteger();

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
  synchronized Path configuration(String model, int steps) throws IOException {
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
    return Files.exists(file) ? file : Files.writeString(file, text);
  }

  /** A new folder for a run. */
  Path newDirectory() {
    return folder.resolve("run-" + runs.incrementAndGet());
  }

  /** {@code deploy/lockstep ARGUMENTS}; its output goes to DIRECTORY.log. */
  Process launch(Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Installation.launcher().toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(Installation.root().toFile());
    boolean alone = arguments[0].equals("train");
    builder
        .environment()
        .putAll(
            Map.of(
                "LOCKSTEP_HEAP",
                "1g",
                "LOCKSTEP_JAVA_OPTS",
                alone ? BOTH_COMPILERS : "",
                "LOCKSTEP_SECRET",
                SECRET));
    return start(builder, directory);
  }

  /**
   * {@code spark-submit --master MASTER --deploy-mode client JAR ARGUMENTS}. Its executors are
   * known by the directory.
   *
   * @param compilers an option of the executors' JVMs, or nothing
   */
  Process submit(String master, Path directory, String compilers, String... arguments)
      throws IOException {
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
                "--conf",
                "spark.executor.extraJavaOptions=" + mark(directory) + " " + compilers,
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

  private static String mark(Path directory) {
    return "-Dlockstep.test.run=" + directory.getFileName() + ".";
  }

  /** The executors of a run that was submitted to a cluster. */
  static List<ProcessHandle> executors(LocalCluster cluster, Path directory) {
    return cluster.executors().stream()
        .filter(process -> process.info().commandLine().orElse("").contains(mark(directory)))
        .filter(LocalCluster::runs)
        .toList();
  }

  /** {@code kill -9} of one of a run's executors. */
  static void killExecutor(LocalCluster cluster, Path directory) {
    executors(cluster, directory).stream()
        .findFirst()
        .orElseThrow(() -> new AssertionError("no executor runs"))
        .destroyForcibly();
  }
}
