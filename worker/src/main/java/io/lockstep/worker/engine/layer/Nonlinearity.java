package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Activations;
import java.util.List;

/**
 * y = f(x): an activation as a layer of its own; softmax is over features or a pixel's channels.
 */
final class Nonlinearity implements Layer {
  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "activation",
          "an activation as a layer of its own",
          List.of(Activations.KEY.required()),
          Nonlinearity::new);

  private final Place place;
  private final Activation activation;

  private Nonlinearity(Options section) {
    place = new Place(section);
    activation = Activations.REGISTRY.create(section.get(Activations.KEY.required()));
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.single(inputs);
  }

  @Override
  public Operation operation(Site site) {
    Shape shape = site.inputShape();
    return new Operation() {
      @Override
      public void forward(Pass pass) {
        int rows = pass.examples() * shape.pixels();
        if (activation.inPlace()) {
          site.kernel().copy(site.input(), site.output(), rows * shape.channels());
        }
        activation.forward(
            site.kernel(),
            activation.inPlace() ? site.output() : site.input(),
            site.output(),
            rows,
            shape.channels());
      }

      @Override
      public void backward(Pass pass) {
        if (site.wantsInputGradient()) {
          activation.backward(
              site.kernel(),
              activation.inPlace() ? site.output() : site.input(),
              site.output(),
              site.outputGradient(),
              site.inputGradient(),
              pass.examples() * shape.pixels(),
              shape.channels());
        }
      }
    };
  }
}
