package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;

/**
 * An image as [features]: channel by channel, row by row, as PyTorch orders them, although images
 * lie channels last in memory. Features stay as they are.
 */
final class Flatten implements Layer {
  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "flatten",
          "an image as features, in the order [channels, height, width]",
          List.of(),
          Flatten::new);

  private final Place place;

  private Flatten(Options section) {
    place = new Place(section);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return Shape.of(place.single(inputs).size());
  }

  @Override
  public boolean passesThrough(List<Shape> inputs) {
    Shape shape = inputs.get(0);
    return shape.channels() == 1 || shape.pixels() == 1;
  }

  @Override
  public Operation operation(Site site) {
    Shape shape = site.inputShape();
    int pixels = shape.pixels();
    int channels = shape.channels();
    return new Operation() {
      @Override
      public void forward(Pass pass) {
        site.kernel().transpose(site.input(), site.output(), pass.examples(), pixels, channels);
      }

      @Override
      public void backward(Pass pass) {
        if (site.wantsInputGradient()) {
          site.kernel()
              .transpose(
                  site.outputGradient(), site.inputGradient(), pass.examples(), channels, pixels);
        }
      }
    };
  }
}
