package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Kernel.Divisor;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Sliding.Over;
import java.util.ArrayList;
import java.util.List;

/**
 * The largest or the mean number in each window, channel by channel. What lies outside is never the
 * largest, and 0 to the mean. Windows that would reach beyond the padding are left out.
 */
final class Pool implements Layer {
  private static final Key<Boolean> COUNT_PADDING =
      Key.flag(
          "countPadding",
          true,
          "whether the mean divides by all places of the window, or by the pixels that it sees");

  static final Registry.Entry<Layer> MAX_IMAGES =
      maximum("max-pool2d", "the largest number in each window, a channel", Over.POOLED_IMAGES);

  static final Registry.Entry<Layer> AVERAGE_IMAGES =
      average("average-pool2d", "the mean number in each window, a channel", Over.POOLED_IMAGES);

  static final Registry.Entry<Layer> MAX_SEQUENCES =
      maximum(
          "max-pool1d",
          "the largest number in each window over a sequence, number by number of a position",
          Over.POOLED_SEQUENCES);

  static final Registry.Entry<Layer> AVERAGE_SEQUENCES =
      average(
          "average-pool1d",
          "the mean number in each window over a sequence, number by number of a position",
          Over.POOLED_SEQUENCES);

  private static Registry.Entry<Layer> maximum(String name, String summary, Over over) {
    return new Registry.Entry<>(
        name,
        summary,
        over.keys(),
        section -> new Pool(new Sliding(section, over), PoolWork::maximum));
  }

  private static Registry.Entry<Layer> average(String name, String summary, Over over) {
    List<Key<?>> keys = new ArrayList<>(over.keys());
    keys.add(COUNT_PADDING);
    return new Registry.Entry<>(
        name,
        summary,
        keys,
        section -> {
          Divisor divisor = section.get(COUNT_PADDING) ? Divisor.PLACES : Divisor.PIXELS;
          return new Pool(
              new Sliding(section, over),
              (site, window) -> PoolWork.average(site, window, divisor));
        });
  }

  private final Sliding sliding;
  private final PoolWork.Kind kind;

  private Pool(Sliding sliding, PoolWork.Kind kind) {
    this.sliding = sliding;
    this.kind = kind;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape input = sliding.input(inputs);
    return sliding.output(sliding.over(input), input.channels());
  }

  @Override
  public Operation operation(Site site) {
    return kind.work(site, sliding.over(site.inputShape()));
  }
}
