package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.kernel.Window;
import io.lockstep.worker.engine.layer.Sliding.Over;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * y = f(x * W + b): each of the filters, at each position, the sum over what the window sees (a
 * cross-correlation, as everywhere in the field). W is [filters, window, channels of a group], b
 * [filters]: with groups, filter f sees the channels of group f / (filters / groups) alone.
 */
final class Conv implements Layer {
  private static final Key<Integer> FILTERS =
      Key.integer("filters", 0, Range.closed(1, Integer.MAX_VALUE), "channels that come out")
          .required();

  private static final Key<Integer> GROUPS =
      Key.integer(
          "groups",
          1,
          Range.closed(1, Integer.MAX_VALUE),
          "parts that channels and filters are split into, each convolved by itself; as many as"
              + " channels: each channel by itself");

  private static final Key<Integer> MULTIPLIER =
      Key.integer(
          "multiplier", 1, Range.closed(1, Integer.MAX_VALUE), "filters that each channel has");

  static final Registry.Entry<Layer> IMAGES =
      new Registry.Entry<>(
          "conv2d",
          "a convolution: f(x * W + b), W [filters, height, width, channels / groups], b [filters]",
          keys(Over.IMAGES, FILTERS, GROUPS),
          section ->
              new Conv(
                  section, Over.IMAGES, new Grouped(section.get(FILTERS), section.get(GROUPS))));

  static final Registry.Entry<Layer> SEQUENCES =
      new Registry.Entry<>(
          "conv1d",
          "a convolution over a sequence: f(x * W + b), W [filters, length, width / groups],"
              + " b [filters]",
          keys(Over.SEQUENCES, FILTERS, GROUPS),
          section ->
              new Conv(
                  section, Over.SEQUENCES, new Grouped(section.get(FILTERS), section.get(GROUPS))));

  static final Registry.Entry<Layer> DEPTHWISE =
      new Registry.Entry<>(
          "depthwise-conv2d",
          "a convolution of every channel by itself: W [channels multiplier, height, width, 1]",
          keys(Over.IMAGES, MULTIPLIER),
          section -> new Conv(section, Over.IMAGES, new EachChannel(section.get(MULTIPLIER))));

  /** How many filters there are and which channels they see. */
  private sealed interface Filters {
    int filters(int channels);

    int groups(int channels);
  }

  private record Grouped(int filters, int groups) implements Filters {
    @Override
    public int filters(int channels) {
      return filters;
    }

    @Override
    public int groups(int channels) {
      return groups;
    }
  }

  private record EachChannel(int multiplier) implements Filters {
    @Override
    public int filters(int channels) {
      return Math.multiplyExact(channels, multiplier);
    }

    @Override
    public int groups(int channels) {
      return channels;
    }
  }

  private final Options section;
  private final Sliding sliding;
  private final Filters number;
  private final Activation activation;
  private final Weights weights;

  private Conv(Options section, Over over, Filters number) {
    this.section = section;
    this.sliding = new Sliding(section, over);
    this.number = number;
    this.activation = Activations.of(section);
    this.weights = Weights.of(section, activation);
  }

  private static List<Key<?>> keys(Over over, Key<?>... more) {
    List<Key<?>> keys = new ArrayList<>(List.of(more[0]));
    keys.addAll(over.keys());
    keys.addAll(List.of(more).subList(1, more.length));
    keys.add(Activations.KEY);
    keys.addAll(Weights.KEYS);
    return keys;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape input = sliding.input(inputs);
    int filters = number.filters(input.channels());
    int groups = number.groups(input.channels());
    if (input.channels() % groups != 0 || filters % groups != 0) {
      throw section.error(
          GROUPS,
          "must divide the channels that arrive, "
              + input.channels()
              + ", and the filters, "
              + filters);
    }
    return sliding.output(sliding.over(input), filters);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    int channels = inputs.get(0).channels();
    int filters = number.filters(channels);
    int groups = number.groups(channels);
    List<Integer> shape =
        Stream.of(List.of(filters), sliding.extents(), List.of(channels / groups))
            .flatMap(List::stream)
            .toList();
    int places = sliding.places();
    List<ParameterSpec> specs =
        new ArrayList<>(
            weights.specs(
                shape, filters, places * (channels / groups), places * (filters / groups)));
    specs.addAll(ActivationWork.specs(activation, filters));
    return specs;
  }

  @Override
  public Operation operation(Site site) {
    Window window = sliding.over(site.inputShape());
    int channels = window.channels();
    int groups = number.groups(channels);
    if (groups == channels && channels > 1) {
      return new DepthwiseWork(site, window, activation, weights.bias());
    }
    if (groups == 1 && WinogradWork.suits(window, site.outputShape().channels())) {
      return new WinogradWork(site, window, activation, weights.bias());
    }
    return new ConvWork(site, window, groups, activation, weights.bias());
  }
}
