package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.activation.Identity;
import io.lockstep.worker.engine.activation.LearnedActivation;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Optional;

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
  public boolean passesThrough(List<Shape> inputs) {
    return activation instanceof Identity;
  }

  @Override
  public Optional<Activation> activation() {
    boolean alone = activation.inPlace() && !(activation instanceof LearnedActivation);
    return alone ? Optional.of(activation) : Optional.empty();
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    return ActivationWork.specs(activation, inputs.get(0).channels());
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, activation);
  }

  private static final class Work implements Operation {
    private final Site site;
    private final ActivationWork activation;

    Work(Site site, Activation activation) {
      this.site = site;
      this.activation = ActivationWork.alone(site, activation);
    }

    @Override
    public void forward(Pass pass) {
      activation.forward(pass.examples() * site.inputShape().positions());
    }

    @Override
    public void backward(Pass pass) {
      if (site.wantsInputGradient() || !site.parameters().isEmpty()) {
        activation.backward(pass.examples() * site.inputShape().positions(), Target.SET);
      }
    }
  }
}
