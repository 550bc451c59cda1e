package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Kernel.Divisor;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.kernel.Window;
import java.util.List;

/**
 * The largest or the mean number of each channel over all positions: an image becomes [channels], a
 * sequence [width]. Lin et al. (2013), "Network In Network", section 3.2.
 */
final class GlobalPool implements Layer {
  static final Registry.Entry<Layer> MAX =
      new Registry.Entry<>(
          "global-max-pool",
          "the largest number of each channel: [channels] of an image, [width] of a sequence",
          List.of(),
          section -> new GlobalPool(section, PoolWork::maximum));

  static final Registry.Entry<Layer> AVERAGE =
      new Registry.Entry<>(
          "global-average-pool",
          "the mean number of each channel: [channels] of an image, [width] of a sequence",
          List.of(),
          section ->
              new GlobalPool(
                  section, (site, window) -> PoolWork.average(site, window, Divisor.PLACES)));

  private final Place place;
  private final PoolWork.Kind kind;

  private GlobalPool(Options section, PoolWork.Kind kind) {
    this.place = new Place(section);
    this.kind = kind;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape input = place.single(inputs);
    if (input.isFeatures()) {
      throw place.needs(
          "[channels, height, width] or [length, width]", input, "put it before a flatten layer");
    }
    return Shape.of(input.channels());
  }

  @Override
  public Operation operation(Site site) {
    Shape input = site.inputShape();
    int positions = input.positions();
    return kind.work(
        site, new Window(1, positions, input.channels(), 1, positions, 1, 1, 0, 0, 1, 1));
  }
}
