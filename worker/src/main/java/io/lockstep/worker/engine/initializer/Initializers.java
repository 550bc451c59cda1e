package io.lockstep.worker.engine.initializer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;

/** All initialisers by name: a new one is one file and one line here. */
public final class Initializers {
  /** The registry, in the order of the documentation. */
  public static final Registry<Initializer> REGISTRY =
      Registry.of(
          "initializer",
          List.of(
              Constant.ZERO,
              Constant.ENTRY,
              Normal.ENTRY,
              TruncatedNormal.ENTRY,
              Uniform.ENTRY,
              VarianceScaling.XAVIER_NORMAL,
              VarianceScaling.XAVIER_UNIFORM,
              VarianceScaling.HE_NORMAL,
              VarianceScaling.HE_UNIFORM,
              VarianceScaling.LECUN_NORMAL,
              VarianceScaling.LECUN_UNIFORM,
              Orthogonal.ENTRY));

  /** How a layer's section names the initialiser of its weights. */
  public static final Key<Options> KEY =
      Key.named(
          "initializer",
          "",
          "first values of the weights, by name or as a section with a type; without it he-normal"
              + " before a rectifier (relu, leaky-relu, prelu), else xavier-uniform");

  private Initializers() {}

  /**
   * The initialiser that a layer's section names under {@link #KEY}.
   *
   * @param otherwise where it names none
   * @throws io.lockstep.common.config.ConfigurationException for an unknown name or setting
   */
  public static Initializer of(Options layer, Initializer otherwise) {
    Options written = layer.get(KEY);
    return written.isEmpty() ? otherwise : REGISTRY.create(written);
  }
}
