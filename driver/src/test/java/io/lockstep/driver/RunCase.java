package io.lockstep.driver;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Small runs on made-up images: 8 x 8 bytes of 4 classes, 7 streams of 43 examples or fewer, so
 * that slices and streams run out, and tensors of several chunks.
 */
final class RunCase {
  static final int EXAMPLES = 300;
  static final int SIDE = 8;
  static final int CLASSES = 4;

  static final String MLP =
      """
      model:
        chunkElements: 100
        input: [64]
        layers:
          - {type: dense, name: hidden, units: 16, activation: relu, initializer: he-normal}
          - {type: dropout, rate: 0.2}
          - {type: dense, name: output, units: 4}
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
      """;

  /** Statistics of features and of images, a layer before without bias. */
  static final String NORMALISED =
      """
      model:
        chunkElements: 100
        input: [1, 8, 8]
        layers:
          - {type: conv2d, name: filters, filters: 5, kernel: 3, bias: false}
          - {type: batch-norm, name: images}
          - {type: activation, activation: relu}
          - {type: flatten}
          - {type: dense, name: hidden, units: 60}
          - {type: batch-norm, name: features, scale: false, momentum: 0.2}
          - {type: dense, name: output, units: 4}
      """;

  static final String SGD =
      """
      optimizer: {type: sgd, learningRate: 0.05, momentum: 0.9}
      """;

  static final String LAMB =
      """
      optimizer: {type: lamb, learningRate: 0.01}
      schedule: {type: cosine, warmup: {steps: 3, from: 0.0}}
      clip: {type: global-norm, maximum: 0.5}
      """;

  private static final String REST =
      """
      loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
      batch: {size: 56, slice: 8}
      train: {steps: 10, validateEvery: {epochs: 1}}
      cluster: {master: local}
      checkpoint: {everySteps: 3, keep: 4}
      """;

  private final Path folder;
  private int runs;

  RunCase(Path folder) {
    this.folder = folder;
  }

  /** A class's images have a bright quarter; the rest is noise. */
  static byte[] image(int i) {
    RandomStream random = RandomStream.of(5, Purpose.GRADIENT_CHECK, i, 0, 0);
    byte[] image = new byte[SIDE * SIDE];
    int label = label(i);
    for (int p = 0; p < image.length; p++) {
      boolean bright = p / SIDE / 4 * 2 + p % SIDE / 4 == label;
      image[p] = (byte) (random.unit(p) * (bright ? 255 : 180));
    }
    return image;
  }

  static byte label(int i) {
    return (byte) (i * 7 / 3 % CLASSES);
  }

  /** Writes the examples in an order, as IDX files, and returns the section {@code data}. */
  String idx(String name, List<Integer> order) {
    ByteBuffer images = ByteBuffer.allocate(16 + order.size() * SIDE * SIDE);
    images.putInt(0x803).putInt(order.size()).putInt(SIDE).putInt(SIDE);
    ByteBuffer labels = ByteBuffer.allocate(8 + order.size());
    labels.putInt(0x801).putInt(order.size());
    for (int i : order) {
      images.put(image(i));
      labels.put(label(i));
    }
    Path features = write(name + "-images", images.array());
    Path targets = write(name + "-labels", labels.array());
    return data("{format: idx, features: " + features + ", labels: " + targets + "}");
  }

  /** Writes the examples in an order, as CSV files of a folder. */
  String csv(String name, List<Integer> order, int files) {
    Path path = folder.resolve(name);
    for (int f = 0; f < files; f++) {
      StringBuilder text = new StringBuilder();
      for (int p = 0; p < SIDE * SIDE; p++) {
        text.append('p').append(p).append(',');
      }
      text.append("class\n");
      for (int k = f; k < order.size(); k += files) {
        for (byte pixel : image(order.get(k))) {
          text.append(pixel & 0xFF).append(',');
        }
        text.append(label(order.get(k))).append('\n');
      }
      write(name + "/part-" + f + ".csv", text.toString().getBytes(StandardCharsets.UTF_8));
    }
    return data("{format: csv, path: " + path + ", label: class}");
  }

  private static String data(String source) {
    return "data:\n  train: "
        + source
        + "\n  validation: {fraction: 0.1}\n  scale: {divide: 255}\n  labels: {classes: 4}\n";
  }

  private Path write(String name, byte[] bytes) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Integer> inOrder() {
    return java.util.stream.IntStream.range(0, EXAMPLES).boxed().toList();
  }

  static List<Integer> shuffled(long seed) {
    List<Integer> order = new ArrayList<>(inOrder());
    java.util.Collections.shuffle(order, new java.util.Random(seed));
    return order;
  }

  static RunConfiguration configuration(String data, String model, String rule, String... set) {
    return RunConfiguration.parse(
        "name: test\nseed: 42\n" + data + model + rule + REST, "test.yaml", List.of(set));
  }

  /** A new folder for a run. */
  Path newDirectory() {
    runs++;
    return folder.resolve("run-" + runs);
  }

  Summary run(RunConfiguration configuration) {
    return run(configuration, newDirectory(), RunListener.NONE);
  }

  static Summary run(RunConfiguration configuration, Path path, RunListener listener) {
    try (RunDirectory directory = RunDirectory.create(path)) {
      return Training.run(configuration, directory, false, listener);
    }
  }

  static Summary resume(RunConfiguration configuration, Path path) {
    try (RunDirectory directory = RunDirectory.open(path)) {
      return Training.run(configuration, directory, true, RunListener.NONE);
    }
  }

  /** As a failure of the machine would: from outside, in the middle of whatever it does. */
  static void interruptWorker() {
    Thread worker =
        Thread.getAllStackTraces().entrySet().stream()
            .filter(
                entry ->
                    Stream.of(entry.getValue())
                        .anyMatch(frame -> frame.getClassName().endsWith(".WorkerLoop")))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    worker.interrupt();
  }
}
