package io.lockstep.deploy.bench;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import java.util.Map;
import java.util.Random;

/** The networks of the benchmarks, as a configuration says them. */
final class Models {
  private static final Map<String, String> LAYERS =
      Map.of(
          "mlp",
          """
            input: [784]
            layers:
              - {type: dense, name: hidden1, units: 512, activation: relu, initializer: he-normal}
              - {type: dense, name: hidden2, units: 256, activation: relu, initializer: he-normal}
              - {type: dense, name: output, units: 10}
          """,
          "lenet",
          """
            input: [1, 28, 28]
            layers:
              - {type: conv2d, name: conv1, filters: 20, kernel: 5, activation: relu}
              - {type: max-pool2d, size: 2}
              - {type: conv2d, name: conv2, filters: 50, kernel: 5, activation: relu}
              - {type: max-pool2d, size: 2}
              - {type: flatten}
              - {type: dense, name: hidden, units: 500, activation: relu}
              - {type: dense, name: output, units: 10}
          """,
          "resnet", // ResNet-8 for 32 x 32 pixels (He et al. 2016, section 4.2, n = 1)
          """
            input: [3, 32, 32]
            layers:
              - {type: conv2d, filters: 16, kernel: 3, padding: same, bias: false}
              - {type: batch-norm}
              - {type: activation, activation: relu}
              - type: residual
                activation: relu
                layers:
                  - {type: conv2d, filters: 16, kernel: 3, padding: same, bias: false}
                  - {type: batch-norm}
                  - {type: activation, activation: relu}
                  - {type: conv2d, filters: 16, kernel: 3, padding: same, bias: false}
                  - {type: batch-norm}
              - type: residual
                activation: relu
                layers:
                  - {type: conv2d, filters: 32, kernel: 3, stride: 2, padding: 1, bias: false}
                  - {type: batch-norm}
                  - {type: activation, activation: relu}
                  - {type: conv2d, filters: 32, kernel: 3, padding: same, bias: false}
                  - {type: batch-norm}
                shortcut:
                  - {type: conv2d, filters: 32, kernel: 1, stride: 2, bias: false}
                  - {type: batch-norm}
              - type: residual
                activation: relu
                layers:
                  - {type: conv2d, filters: 64, kernel: 3, stride: 2, padding: 1, bias: false}
                  - {type: batch-norm}
                  - {type: activation, activation: relu}
                  - {type: conv2d, filters: 64, kernel: 3, padding: same, bias: false}
                  - {type: batch-norm}
                shortcut:
                  - {type: conv2d, filters: 64, kernel: 1, stride: 2, bias: false}
                  - {type: batch-norm}
              - {type: global-average-pool}
              - {type: dense, name: output, units: 10}
          """,
          "transformer", // one block on 64 tokens, 128 wide
          """
            input: [64, 128]
            layers:
              - {type: transformer-block, name: block, heads: 4}
              - {type: flatten}
              - {type: dense, name: output, units: 10}
          """,
          "wide", // 25 M parameters
          """
            input: [784]
            layers:
              - {type: dense, name: hidden1, units: 4600, activation: relu, initializer: he-normal}
              - {type: dense, name: hidden2, units: 4600, activation: relu, initializer: he-normal}
              - {type: dense, name: output, units: 10}
          """);

  private static final String CONFIGURATION =
      """
      name: bench
      data:
        train: {format: idx, features: none, labels: none}
        labels: {classes: 10}
      model:
      %s
      loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
      optimizer: {type: adamw, learningRate: 0.001}
      batch: {size: 256, slice: 32}
      train: {steps: 1}
      """;

  private Models() {}

  /**
   * The network {@code mlp}, {@code lenet}, {@code resnet}, {@code transformer} or {@code wide}.
   */
  static Network network(String name) {
    String layers = java.util.Objects.requireNonNull(LAYERS.get(name)).indent(2).stripTrailing();
    return Network.of(RunConfiguration.parse(CONFIGURATION.formatted(layers), "benchmark " + name));
  }

  /** Gives the parameters their first values. */
  static void initialize(Network network, Parameters parameters) {
    long offset = 0;
    for (int tensor = 0; tensor < network.tensors().size(); tensor++) {
      int size = network.tensors().get(tensor).size();
      float[] values = new float[size];
      network.initialize(1, tensor, 0, values, 0, size);
      parameters.set(offset, values, 0, size);
      offset += size;
    }
  }

  /** A batch of pixels in [0, 1) and classes. */
  static SliceBatch batch(Network network, int examples) {
    SliceBatch batch = new SliceBatch(examples, network.inputSize(), network.labelWidth());
    Random random = new Random(1);
    for (int i = 0; i < batch.features().length; i++) {
      batch.features()[i] = random.nextFloat();
    }
    for (int i = 0; i < examples; i++) {
      batch.labels()[i] = random.nextInt(10);
    }
    batch.examples(examples);
    return batch;
  }
}
