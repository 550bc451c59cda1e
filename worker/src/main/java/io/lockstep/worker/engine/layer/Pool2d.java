package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.kernel.Window;
import java.util.List;

/**
 * The largest or the mean number in each window, channel by channel. Windows that would reach
 * beyond the image are left out.
 */
final class Pool2d implements Layer {
  private static final Key<Object> SIZE =
      Key.any("size", "a whole number >= 1 or [height, width]: what a window sees").required();

  private static final Key<Object> STRIDE =
      Key.any("stride", "a whole number >= 1 or [down, across]; the size without it");

  static final Registry.Entry<Layer> MAX =
      new Registry.Entry<>(
          "max-pool2d",
          "the largest number in each window, a channel",
          List.of(SIZE, STRIDE),
          section -> new Pool2d(section, Kind.MAX));

  static final Registry.Entry<Layer> AVERAGE =
      new Registry.Entry<>(
          "average-pool2d",
          "the mean number in each window, a channel",
          List.of(SIZE, STRIDE),
          section -> new Pool2d(section, Kind.AVERAGE));

  private enum Kind {
    MAX,
    AVERAGE
  }

  private final Place place;
  private final Sliding sliding;
  private final Kind kind;

  private Pool2d(Options section, Kind kind) {
    this.place = new Place(section);
    this.sliding = Sliding.inside(section, SIZE, STRIDE);
    this.kind = kind;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape image = place.image(inputs);
    Window window = sliding.over(image);
    return Shape.image(image.channels(), window.outHeight(), window.outWidth());
  }

  @Override
  public Operation operation(Site site) {
    Window window = sliding.over(site.inputShape());
    return kind == Kind.MAX ? new Maximum(site, window) : new Average(site, window);
  }

  private record Maximum(Site site, Window window) implements Operation {
    @Override
    public void forward(Pass pass) {
      site.kernel().maxPool(window, site.input(), pass.examples(), site.output());
    }

    @Override
    public void backward(Pass pass) {
      if (site.wantsInputGradient()) {
        Kernel kernel = site.kernel();
        kernel.maxPoolGradient(
            window,
            site.input(),
            site.output(),
            site.outputGradient(),
            pass.examples(),
            site.inputGradient());
      }
    }
  }

  private record Average(Site site, Window window) implements Operation {
    @Override
    public void forward(Pass pass) {
      site.kernel().averagePool(window, site.input(), pass.examples(), site.output());
    }

    @Override
    public void backward(Pass pass) {
      if (site.wantsInputGradient()) {
        site.kernel()
            .averagePoolGradient(
                window, site.outputGradient(), pass.examples(), site.inputGradient());
      }
    }
  }
}
