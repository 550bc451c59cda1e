package io.lockstep.common.layout;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of the model.
 *
 * @param name unique in the model, such as {@code hidden1.W}
 * @param shape row-major, each extent at least 1; dense W is [in, out]
 * @param role what it is for
 * @param moments how it follows the batches, where the role is {@link Role#STATISTICS}; else null
 */
public record TensorSpec(
    String name, List<Integer> shape, Role role, @Nullable RunningMoments moments) {
  /** Checks the extents, and that running statistics are [2, channels]. */
  public TensorSpec {
    shape = List.copyOf(shape);
    if (shape.isEmpty() || shape.stream().anyMatch(extent -> extent < 1)) {
      throw new IllegalArgumentException(
          "tensor " + name + " must have extents >= 1, got shape " + shape);
    }
    long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "tensor " + name + " must have at most 2^31 - 1 elements, got shape " + shape);
    }
    if ((role == Role.STATISTICS) != (moments != null)) {
      throw new IllegalArgumentException(
          "tensor " + name + " must have moments exactly where its role is statistics");
    }
    if (moments != null && (shape.size() != 2 || shape.get(0) != 2)) {
      throw new IllegalArgumentException(
          "tensor " + name + " must be [2, channels], got shape " + shape);
    }
  }

  /** A tensor that an update rule trains. */
  public TensorSpec(String name, List<Integer> shape, Role role) {
    this(name, shape, role, null);
  }

  /** The same tensor, which stays as it is. */
  public TensorSpec frozen() {
    return new TensorSpec(name, shape, Role.FROZEN);
  }

  /** Whether an update rule trains it. */
  public boolean isTrained() {
    return role != Role.FROZEN && role != Role.STATISTICS;
  }

  /** Whether it holds running statistics, which no update rule trains. */
  public boolean isStatistics() {
    return role == Role.STATISTICS;
  }

  /** Number of elements. */
  public int size() {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }

  /** Elements of a row: the last extent of a matrix or higher tensor, the whole of a vector. */
  public int rowLength() {
    return shape.get(shape.size() - 1);
  }

  /**
   * Outputs of the layer, whose parameters lie apart: the columns of a matrix [in, out], the
   * filters of a tensor [out, ...] of rank 3 and more; a vector is one.
   */
  public int units() {
    return switch (shape.size()) {
      case 1 -> 1;
      case 2 -> rowLength();
      default -> shape.get(0);
    };
  }
}
