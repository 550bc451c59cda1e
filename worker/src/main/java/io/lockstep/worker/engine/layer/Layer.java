package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A layer as the configuration has it: what shape it makes of which, which parameters it needs, and
 * how to set it up for work. Immutable, shared by threads; holds no memory.
 */
public interface Layer {
  /**
   * The shape of the output.
   *
   * @param inputs their shapes
   * @throws io.lockstep.common.config.ConfigurationException where the layer cannot take these,
   *     naming its place, what arrived and what it needs
   */
  Shape output(List<Shape> inputs);

  /** The layer's tensors, in the order of the layout; none by default. */
  default List<ParameterSpec> parameters(List<Shape> inputs) {
    return List.of();
  }

  /**
   * How many tokens there are, where the input's numbers stand for tokens: whole numbers from 0.
   * They have no gradient, so such a layer stands where examples come in. Empty for layers that
   * compute with their inputs.
   */
  default OptionalInt tokens() {
    return OptionalInt.empty();
  }

  /** Whether the output is the input as it lies, so that both can share their memory. */
  default boolean passesThrough(List<Shape> inputs) {
    return false;
  }

  /** Whether no gradient flows back through the layer, which then has no tensors. */
  default boolean stopsGradient() {
    return false;
  }

  /**
   * The activation, where the layer is nothing else: one without tensors whose gradient follows
   * from its output.
   */
  default Optional<Activation> activation() {
    return Optional.empty();
  }

  /**
   * The same layer with an activation of its output, {@link Activation#inPlace}; empty where it
   * does not save a way through memory.
   */
  default Optional<Layer> with(Activation following) {
    return Optional.empty();
  }

  /** Sets the layer up to work on the site's buffers; not called where it passes through. */
  Operation operation(Site site);
}
