package io.lockstep.worker.engine.layer;

import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.initializer.Initializer;
import java.util.List;

/**
 * One tensor of a layer.
 *
 * @param suffix what follows the layer's name and a dot, such as {@code W}
 * @param shape row-major
 * @param role what it is for
 * @param initializer gives its first values
 * @param fanIn inputs that one output of the layer sums over
 * @param fanOut outputs that one input of the layer reaches
 */
public record ParameterSpec(
    String suffix, List<Integer> shape, Role role, Initializer initializer, int fanIn, int fanOut) {
  /** Copies the shape; refuses one that the initialiser cannot make. */
  public ParameterSpec {
    shape = List.copyOf(shape);
    initializer.check(shape);
  }

  /** Number of elements. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
