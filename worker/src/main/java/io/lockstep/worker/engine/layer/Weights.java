package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.initializer.Initializer;
import io.lockstep.worker.engine.initializer.Initializers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What dense and convolution layers say of their weights in the same words.
 *
 * @param initializer first values of W
 * @param biasInitializer first values of b
 * @param bias whether there is a b
 */
record Weights(Initializer initializer, Initializer biasInitializer, boolean bias) {
  static final Key<Boolean> BIAS = Key.flag("bias", true, "whether a term is added, tensor NAME.b");

  static final Key<Options> BIAS_INITIALIZER =
      Key.named("biasInitializer", "zero", "first values of the added term");

  static final List<Key<?>> KEYS = List.of(Initializers.KEY, BIAS, BIAS_INITIALIZER);

  /** As written; W without an initialiser is he-normal before a rectifier, else xavier-uniform. */
  static Weights of(Options section, Activation activation) {
    String usual = activation.rectifier() ? "he-normal" : "xavier-uniform";
    Initializer otherwise =
        Initializers.REGISTRY.create(Options.of("initializer", Map.of("type", usual)));
    return new Weights(
        Initializers.of(section, otherwise),
        Initializers.REGISTRY.create(section.get(BIAS_INITIALIZER)),
        section.get(BIAS));
  }

  /** W and, where there is one, b with an element an output. */
  List<ParameterSpec> specs(List<Integer> shape, int outputs, int fanIn, int fanOut) {
    List<ParameterSpec> specs = new ArrayList<>();
    specs.add(new ParameterSpec("W", shape, Role.WEIGHT, initializer, fanIn, fanOut));
    if (bias) {
      specs.add(
          new ParameterSpec("b", List.of(outputs), Role.BIAS, biasInitializer, fanIn, fanOut));
    }
    return specs;
  }
}
