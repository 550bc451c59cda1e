package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Described;
import java.util.List;

/** All activations by name: a new one is one file and one line here. */
public final class Activations {
  /** One line an activation, in the order of the documentation. */
  public static final List<Described<Activation>> ALL =
      List.of(
          new Described<>(Step.ENTRY, Step.GUIDE),
          new Described<>(Identity.ENTRY, Identity.GUIDE),
          new Described<>(Sigmoid.ENTRY, Sigmoid.GUIDE),
          new Described<>(Tanh.ENTRY, Tanh.GUIDE),
          new Described<>(Relu.ENTRY, Relu.GUIDE),
          new Described<>(LeakyRelu.ENTRY, LeakyRelu.GUIDE),
          new Described<>(Prelu.ENTRY, Prelu.GUIDE),
          new Described<>(Elu.ENTRY, Elu.GUIDE),
          new Described<>(Selu.ENTRY, Selu.GUIDE),
          new Described<>(Softmax.ENTRY, Softmax.GUIDE),
          new Described<>(Softplus.ENTRY, Softplus.GUIDE),
          new Described<>(Swish.ENTRY, Swish.GUIDE),
          new Described<>(Gelu.ENTRY, Gelu.GUIDE),
          new Described<>(Mish.ENTRY, Mish.GUIDE),
          new Described<>(HardSigmoid.ENTRY, HardSigmoid.GUIDE),
          new Described<>(HardSwish.ENTRY, HardSwish.GUIDE));

  /** The same by the names that a configuration gives them. */
  public static final Registry<Activation> REGISTRY =
      Registry.of("activation", ALL.stream().map(Described::entry).toList());

  /** How a layer's section names its activation. */
  public static final Key<Options> KEY =
      Key.named(
          "activation", Identity.ENTRY.name(), "what follows, by name or as a section with a type");

  private Activations() {}

  /**
   * The activation that a layer's section names under {@link #KEY}; identity where it names none.
   *
   * @throws io.lockstep.common.config.ConfigurationException for an unknown name or setting
   */
  public static Activation of(Options layer) {
    return REGISTRY.create(layer.get(KEY));
  }
}
