package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * An image as [features]: channel by channel, row by row, as PyTorch orders them, although images
 * lie channels last in memory. A sequence becomes its positions one after another.
 */
final class Flatten implements Layer {
  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "flatten",
          "an image or a sequence as features, in the order of its extents",
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
    return shape.liesAsWritten();
  }

  @Override
  public Operation operation(Site site) {
    Shape shape = site.inputShape();
    int pixels = shape.positions();
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
