package io.lockstep.worker.engine.check;

import java.util.List;

/**
 * What a gradient check found.
 *
 * @param tensors a finding for each
 */
public record GradientReport(List<Tensor> tensors) {
  /** Copies the list. */
  public GradientReport {
    tensors = List.copyOf(tensors);
  }

  /**
   * The finding for a tensor.
   *
   * @param name of the tensor
   * @param checked coordinates compared
   * @param skipped coordinates left out, because a kink lies too near
   * @param worst the coordinate that is furthest off; element -1 where none was compared
   */
  public record Tensor(String name, int checked, int skipped, Coordinate worst) {
    /** Whether no coordinate is off by more than the tolerance. */
    public boolean isRight() {
      return worst.error() <= GradientCheck.TOLERANCE;
    }

    @Override
    public String toString() {
      return name
          + ": "
          + checked
          + " checked, "
          + skipped
          + " skipped at kinks, "
          + (worst.element() < 0 ? "none compared" : "worst " + worst);
    }
  }

  /**
   * A coordinate.
   *
   * @param element its number in the tensor
   * @param gradient as the engine computes it
   * @param difference by central differences
   * @param error relative
   */
  public record Coordinate(int element, double gradient, double difference, double error) {
    @Override
    public String toString() {
      return String.format(
          java.util.Locale.ROOT,
          "[%d] gradient %.9g, difference %.9g, relative error %.2e",
          element,
          gradient,
          difference,
          error);
    }
  }

  /** Whether every tensor's gradient is right. */
  public boolean isRight() {
    return tensors.stream().allMatch(Tensor::isRight);
  }

  /** Coordinates compared. */
  public int checked() {
    return tensors.stream().mapToInt(Tensor::checked).sum();
  }

  /** Coordinates left out at kinks. */
  public int skipped() {
    return tensors.stream().mapToInt(Tensor::skipped).sum();
  }

  /** The largest relative error. */
  public double worstError() {
    // a NaN must not hide behind a number
    return tensors.stream().mapToDouble(t -> t.worst().error()).reduce(0, Math::max);
  }

  @Override
  public String toString() {
    return String.join("\n", tensors.stream().map(Tensor::toString).toList());
  }
}
