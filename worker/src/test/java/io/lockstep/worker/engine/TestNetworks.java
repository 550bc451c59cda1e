package io.lockstep.worker.engine;

import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Small networks and slices for tests. */
public final class TestNetworks {
  private TestNetworks() {}

  /** A classifier with sparse cross-entropy from logits. */
  @SafeVarargs
  public static Network classifier(List<Integer> input, int classes, Map<String, ?>... layers) {
    return Network.of(
        new ModelSection(input, sections(layers)),
        Options.of("loss", Map.of("type", "sparse-categorical-cross-entropy", "fromLogits", true)),
        new LabelsSection(classes, List.of()));
  }

  /** Layers as the configuration holds them. */
  @SafeVarargs
  static List<Options> sections(Map<String, ?>... layers) {
    List<Options> sections = new ArrayList<>();
    for (Map<String, ?> layer : layers) {
      sections.add(Options.of("model.layers[" + sections.size() + "]", layer));
    }
    return sections;
  }

  /** A multi-layer perceptron with dropout: 13-9-7-3. */
  static Network perceptron() {
    return classifier(
        List.of(13),
        3,
        Map.of("type", "dense", "units", 9, "activation", "relu", "name", "hidden"),
        Map.of("type", "dropout", "rate", 0.25),
        Map.of("type", "dense", "units", 7, "activation", "tanh"),
        Map.of("type", "dense", "units", 3, "bias", false));
  }

  /** A convolutional network with every kind of layer, on two channels. */
  static Network convolutional() {
    return classifier(
        List.of(2, 9, 8),
        4,
        Map.of("type", "conv2d", "filters", 5, "kernel", 3, "activation", "gelu"),
        Map.of("type", "max-pool2d", "size", 2),
        Map.of(
            "type",
            "conv2d",
            "filters",
            4,
            "kernel",
            List.of(2, 3),
            "padding",
            "same",
            "stride",
            List.of(1, 2),
            "activation",
            "sigmoid"),
        Map.of("type", "average-pool2d", "size", List.of(2, 1), "stride", 1),
        Map.of("type", "activation", "activation", "tanh"),
        Map.of("type", "flatten"),
        Map.of("type", "dense", "units", 6, "activation", "relu"),
        Map.of("type", "dense", "units", 4));
  }

  /** A convolution over images so large that a slice is worked through in several groups. */
  static Network largeImages() {
    return classifier(
        List.of(1, 28, 28),
        4,
        Map.of("type", "dropout", "rate", 0),
        Map.of("type", "conv2d", "filters", 4, "kernel", 5, "activation", "relu"),
        Map.of("type", "conv2d", "filters", 3, "kernel", 5, "stride", 2),
        Map.of("type", "max-pool2d", "size", 4),
        Map.of("type", "flatten"),
        Map.of("type", "dense", "units", 4));
  }

  /** First values of all tensors, biases too, so that none is zero throughout. */
  static float[] parameters(Network network, long seed) {
    float[] values = new float[network.size()];
    int at = 0;
    for (int t = 0; t < network.tensors().size(); t++) {
      int length = network.tensors().get(t).size();
      network.initialize(seed, t, 0, values, at, length);
      at += length;
    }
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 1, 0, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] += 0.1f * (random.unitFloat(i) - 0.5f);
    }
    return values;
  }

  /** A slice of a classifier, weights 1 and 0.5 in turn. */
  static SliceBatch slice(Network network, int examples, int maxExamples, long seed) {
    SliceBatch batch = new SliceBatch(maxExamples, network.inputSize(), network.labelWidth());
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 2, 0, 0);
    random.unitFloats(0, batch.features(), 0, examples * network.inputSize());
    for (int i = 0; i < examples; i++) {
      batch.labels()[i] = (int) (random.bits(1_000_000 + i) >>> 1) % network.outputSize();
      batch.labels()[i] = Math.abs(batch.labels()[i]);
      batch.weights()[i] = i % 2 == 0 ? 1 : 0.5f;
    }
    batch.examples(examples);
    return batch;
  }
}
