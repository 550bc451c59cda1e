package io.lockstep.worker.engine.layer;

import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.RunningMoments;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.initializer.FirstStatistics;
import io.lockstep.worker.engine.initializer.Initializer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of a layer.
 *
 * @param suffix what follows the layer's name and a dot, such as {@code W}
 * @param shape row-major
 * @param role what it is for
 * @param initializer gives its first values
 * @param fanIn inputs that one output of the layer sums over
 * @param fanOut outputs that one input of the layer reaches
 * @param moments how running statistics follow the batches; null for what an update rule trains
 */
public record ParameterSpec(
    String suffix,
    List<Integer> shape,
    Role role,
    Initializer initializer,
    int fanIn,
    int fanOut,
    @Nullable RunningMoments moments) {
  /** Copies the shape; refuses one that the initialiser cannot make. */
  public ParameterSpec {
    shape = List.copyOf(shape);
    initializer.check(shape);
  }

  /** A tensor that an update rule trains. */
  public ParameterSpec(
      String suffix,
      List<Integer> shape,
      Role role,
      Initializer initializer,
      int fanIn,
      int fanOut) {
    this(suffix, shape, role, initializer, fanIn, fanOut, null);
  }

  /**
   * Running statistics NAME.statistics [2, channels]: means, which begin at 0, and variances, which
   * begin at 1. What the layer's backward pass leaves in the place of their gradient is the sums
   * over the slice of x - mean and of its square, a channel.
   */
  public static ParameterSpec statistics(int channels, RunningMoments moments) {
    return new ParameterSpec(
        "statistics",
        List.of(2, channels),
        Role.STATISTICS,
        new FirstStatistics(channels),
        1,
        1,
        moments);
  }

  /** The same as a tensor of the model. */
  public TensorSpec tensor(String layer) {
    return new TensorSpec(layer + "." + suffix, shape, role, moments);
  }

  /** Number of elements. */
  public int size() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
