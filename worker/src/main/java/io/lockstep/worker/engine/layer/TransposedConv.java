package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Sliding.Over;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * y = f(fold(x W) + b): every position of the input lays its filters' window into the output, where
 * windows add up. It is the gradient of a convolution with the same settings, as a layer; Zeiler et
 * al. (2010), "Deconvolutional Networks". W is [channels, window, filters], b [filters].
 */
final class TransposedConv implements Layer {
  private static final Key<Integer> FILTERS =
      Key.integer("filters", 0, Range.closed(1, Integer.MAX_VALUE), "channels that come out")
          .required();

  private static final Key<Object> OUTPUT_PADDING =
      Key.any(
          "outputPadding",
          "positions added behind, less than the stride or the dilation: a whole number or"
              + " [down, across]; 0 without it");

  static final Registry.Entry<Layer> IMAGES =
      new Registry.Entry<>(
          "transposed-conv2d",
          "the way back of a convolution: (in - 1) stride - 2 padding + dilation (kernel - 1) +"
              + " outputPadding + 1 positions, with padding same: in x stride;"
              + " W [channels, height, width, filters]",
          keys(Over.TRANSPOSED_IMAGES),
          section -> new TransposedConv(section, Over.TRANSPOSED_IMAGES));

  static final Registry.Entry<Layer> SEQUENCES =
      new Registry.Entry<>(
          "transposed-conv1d",
          "the same over a sequence; W [width, length, filters]",
          keys(Over.TRANSPOSED_SEQUENCES),
          section -> new TransposedConv(section, Over.TRANSPOSED_SEQUENCES));

  private final int filters;
  private final Sliding sliding;
  private final int[] outputPadding;
  private final Activation activation;
  private final Weights weights;

  private TransposedConv(Options section, Over over) {
    filters = section.get(FILTERS);
    sliding = new Sliding(section, over);
    outputPadding =
        section.has(OUTPUT_PADDING)
            ? Sliding.pair(section, OUTPUT_PADDING, 0, sliding.sequences())
            : new int[2];
    if (!sliding.leavesOpen(outputPadding)) {
      throw section.error(
          OUTPUT_PADDING, "must be less than the stride or the dilation, and 0 with padding same");
    }
    activation = Activations.of(section);
    weights = Weights.of(section, activation);
  }

  private static List<Key<?>> keys(Over over) {
    List<Key<?>> keys = new ArrayList<>(List.of(FILTERS));
    keys.addAll(over.keys());
    keys.addAll(List.of(OUTPUT_PADDING, Activations.KEY));
    keys.addAll(Weights.KEYS);
    return keys;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape input = sliding.input(inputs);
    return sliding.image(sliding.under(input, filters, outputPadding));
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    int channels = inputs.get(0).channels();
    List<Integer> shape =
        Stream.of(List.of(channels), sliding.extents(), List.of(filters))
            .flatMap(List::stream)
            .toList();
    int places = sliding.places();
    List<ParameterSpec> specs =
        new ArrayList<>(weights.specs(shape, filters, places * channels, places * filters));
    specs.addAll(ActivationWork.specs(activation, filters));
    return specs;
  }

  @Override
  public Operation operation(Site site) {
    return new TransposedConvWork(
        site, sliding.under(site.inputShape(), filters, outputPadding), activation, weights.bias());
  }
}
