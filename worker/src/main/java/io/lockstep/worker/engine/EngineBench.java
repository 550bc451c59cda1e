package io.lockstep.worker.engine;

import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The engine's share of the benchmark: gradients of one slice after another on one thread, for the
 * models that are measured beside other engines. As a program, {@code EngineBench NAME} answers
 * every line {@code run N} on its input with {@code seconds S}, so that it can take turns with a
 * peer.
 */
public final class EngineBench implements AutoCloseable {
  private static final Map<String, Case> CASES = new LinkedHashMap<>();

  static {
    for (int batch : new int[] {32, 128, 1024}) {
      CASES.put("engine-mlp-" + batch, new Case(mlp(784, 512, 256, 10), batch));
    }
    CASES.put("engine-mlp-small-32", new Case(mlp(784, 256, 128, 10), 32));
    CASES.put("engine-lenet-64", new Case(lenet(), 64));
    CASES.put("engine-lenet-32", new Case(lenet(), 32));
    CASES.put("engine-transformer-32", new Case(transformer(), 32));
  }

  private record Case(ModelSection model, int batch) {}

  private final Parameters parameters;
  private final SliceEngine engine;
  private final SliceBatch slice;
  private final float[] gradient;
  private long step;

  private EngineBench(Network network, int batch) {
    parameters = network.allocate();
    int at = 0;
    for (int t = 0; t < network.tensors().size(); t++) {
      float[] values = new float[network.tensors().get(t).size()];
      network.initialize(1, t, 0, values, 0, values.length);
      parameters.set(at, values, 0, values.length);
      at += values.length;
    }
    engine = network.engine(parameters, batch);
    gradient = new float[network.size()];
    slice = new SliceBatch(batch, network.inputSize(), 1);
    RandomStream random = RandomStream.of(1, Purpose.GRADIENT_CHECK, 0, 0, 0);
    random.unitFloats(0, slice.features(), 0, slice.features().length);
    for (int i = 0; i < batch; i++) {
      slice.labels()[i] = i % network.outputSize();
    }
    slice.examples(batch);
  }

  /** What can be measured. */
  public static List<String> names() {
    return List.copyOf(CASES.keySet());
  }

  /**
   * Sets a case up.
   *
   * @param name one of {@link #names}
   */
  public static EngineBench open(String name) {
    Case chosen = CASES.get(name);
    if (chosen == null) {
      throw new IllegalArgumentException(
          "unknown case '" + name + "'; known: " + String.join(", ", CASES.keySet()));
    }
    Options loss =
        Options.of("loss", Map.of("type", "sparse-categorical-cross-entropy", "fromLogits", true));
    return new EngineBench(
        Network.of(chosen.model(), loss, new LabelsSection(10, List.of())), chosen.batch());
  }

  /** Examples of a slice. */
  public int batch() {
    return slice.examples();
  }

  /** Computes so many gradients; the seconds that it took. */
  public double run(int slices) {
    long begin = System.nanoTime();
    for (int i = 0; i < slices; i++) {
      engine.gradient(slice, 1, step++, 0, gradient);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() {
    engine.close();
    parameters.close();
  }

  /** Serves one case over standard input and output. */
  public static void main(String[] arguments) throws IOException {
    try (EngineBench bench = open(arguments[0]);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready Lockstep");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println("seconds " + bench.run(Integer.parseInt(line.split(" ", -1)[1])));
      }
    }
  }

  private static ModelSection mlp(int... widths) {
    List<Options> layers = new ArrayList<>();
    for (int i = 1; i < widths.length; i++) {
      String activation = i < widths.length - 1 ? "relu" : "identity";
      layers.add(layer(Map.of("type", "dense", "units", widths[i], "activation", activation)));
    }
    return new ModelSection(List.of(widths[0]), layers);
  }

  private static ModelSection lenet() {
    return new ModelSection(
        List.of(1, 28, 28),
        List.of(
            layer(Map.of("type", "conv2d", "filters", 20, "kernel", 5, "activation", "relu")),
            layer(Map.of("type", "max-pool2d", "size", 2)),
            layer(Map.of("type", "conv2d", "filters", 50, "kernel", 5, "activation", "relu")),
            layer(Map.of("type", "max-pool2d", "size", 2)),
            layer(Map.of("type", "flatten")),
            layer(Map.of("type", "dense", "units", 500, "activation", "relu")),
            layer(Map.of("type", "dense", "units", 10))));
  }

  /** A transformer block on 64 tokens, 128 wide, in front of a classifier. */
  private static ModelSection transformer() {
    return new ModelSection(
        List.of(64, 128),
        List.of(
            layer(Map.of("type", "transformer-block", "heads", 4)),
            layer(Map.of("type", "flatten")),
            layer(Map.of("type", "dense", "units", 10))));
  }

  private static Options layer(Map<String, ?> values) {
    return Options.of("layer", values);
  }
}
