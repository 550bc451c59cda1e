package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;

/** All activations by name: a new one is one file and one line here. */
public final class Activations {
  /** The registry, in the order of the documentation. */
  public static final Registry<Activation> REGISTRY =
      Registry.of(
          "activation",
          List.of(
              Step.ENTRY,
              Identity.ENTRY,
              Sigmoid.ENTRY,
              Tanh.ENTRY,
              Relu.ENTRY,
              LeakyRelu.ENTRY,
              Prelu.ENTRY,
              Elu.ENTRY,
              Selu.ENTRY,
              Softmax.ENTRY,
              Softplus.ENTRY,
              Swish.ENTRY,
              Gelu.ENTRY,
              Mish.ENTRY,
              HardSigmoid.ENTRY,
              HardSwish.ENTRY));

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
