package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.SliceSums;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The distance between the feature maps of a frozen network, as a graph. */
class PerceptualLossTest {
  private static final int EXAMPLES = 3;
  private static final int WIDTH = 4;
  private static final int FEATURES = 2;

  private static final RunConfiguration RUN =
      RunConfiguration.parse(
          """
          seed: 5
          data:
            train: {format: csv, path: rows.csv}
            labels: {none: true}
          model:
            input: [4]
            layers:
              - {type: dense, name: made, units: 4, bias: false}
              - {type: dense, name: seen, units: 2, activation: relu, frozen: true, weights: {file: eye.safetensors}}
              - {type: dense, name: wanted, units: 2, activation: relu, inputs: [input], share: seen, frozen: true}
          loss: {type: mse, output: seen, target: wanted}
          optimizer: {type: sgd, learningRate: 0.1}
          batch: {size: 3, slice: 3}
          train: {epochs: 1}
          """,
          "perceptual.yaml");

  /** made.W [4, 4], seen.W [4, 2], seen.b [2]. */
  private static final int SIZE = WIDTH * WIDTH + WIDTH * FEATURES + FEATURES;

  @Test
  void itsGoldenValueAndGradientAreThoseOfThePlainFormula() {
    Network network = Network.of(RUN);
    assertThat(network.tensors().stream().map(tensor -> tensor.name()).toList())
        .isEqualTo(List.of("made.W", "seen.W", "seen.b"));
    float[] weights = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      weights[i] = (i * 7 % 11 - 4) / 8f;
    }
    SliceBatch batch = new SliceBatch(EXAMPLES, WIDTH, network.labelWidth());
    for (int i = 0; i < EXAMPLES * WIDTH; i++) {
      batch.features()[i] = (i * 5 % 7 - 2) / 4f;
    }
    Arrays.fill(batch.weights(), 1);
    batch.examples(EXAMPLES);
    float[] gradient = new float[SIZE];
    try (Parameters parameters = network.allocate();
        SliceEngine engine = network.engine(parameters, EXAMPLES)) {
      parameters.set(0, weights, 0, SIZE);
      SliceSums sums = engine.gradient(batch, RUN.seed(), 0, 0, gradient);
      assertThat(sums.weight()).isEqualTo(EXAMPLES);
      // All numbers are small multiples of 1/4 and 1/8: float32 holds most products exactly.
      assertThat(sums.loss()).isCloseTo(distance(weights, batch.features()), within(1e-6));
    }
    for (int i = 0; i < WIDTH * WIDTH; i++) {
      assertThat((double) gradient[i])
          .as("element %d", i)
          .isCloseTo(slope(weights, batch.features(), i), within(1e-4));
    }
    for (int i = WIDTH * WIDTH; i < SIZE; i++) {
      assertThat(gradient[i]).as("frozen").isZero();
    }
  }

  /** Central differences in double. */
  private static double slope(float[] weights, float[] features, int element) {
    float[] up = weights.clone();
    float[] down = weights.clone();
    up[element] += 0x1p-12f;
    down[element] -= 0x1p-12f;
    return (distance(up, features) - distance(down, features)) / 0x1p-11;
  }

  /** The sum over examples of the mean over features of (eye(made(x)) - eye(x))^2. */
  private static double distance(float[] weights, float[] features) {
    double sum = 0;
    for (int e = 0; e < EXAMPLES; e++) {
      double[] x = new double[WIDTH];
      double[] made = new double[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        x[i] = features[e * WIDTH + i];
        for (int j = 0; j < WIDTH; j++) {
          made[j] += x[i] * weights[i * WIDTH + j];
        }
      }
      double[] seen = eye(weights, made);
      double[] wanted = eye(weights, x);
      for (int f = 0; f < FEATURES; f++) {
        sum += (seen[f] - wanted[f]) * (seen[f] - wanted[f]) / FEATURES;
      }
    }
    return sum;
  }

  /** relu(x W + b). */
  private static double[] eye(float[] weights, double[] x) {
    double[] y = new double[FEATURES];
    for (int f = 0; f < FEATURES; f++) {
      double z = weights[WIDTH * WIDTH + WIDTH * FEATURES + f];
      for (int i = 0; i < WIDTH; i++) {
        z += x[i] * weights[WIDTH * WIDTH + i * FEATURES + f];
      }
      y[f] = Math.max(0, z);
    }
    return y;
  }
}
