package io.lockstep.common.tree;

/**
 * What a node of the tree adds up besides its gradient: sums over the examples below it.
 *
 * @param loss the sum of weight times loss
 * @param weight the sum of weights
 * @param squares over the slices below the node, the sum of |s|^2 / w, s being the slice's gradient
 *     (its sum of weight times gradient) and w its sum of weights: what the gradient noise scale is
 *     estimated from
 * @param examples how many: what running statistics are divided by
 */
public record Scalars(double loss, double weight, double squares, double examples) {
  /** The sums of nothing. */
  public static final Scalars NONE = new Scalars(0, 0, 0, 0);

  /**
   * The scalars of one slice.
   *
   * @param gradientSquares |s|^2 of its gradient
   */
  public static Scalars ofSlice(double loss, double weight, double gradientSquares, int examples) {
    return new Scalars(loss, weight, gradientSquares / weight, examples);
  }

  /** This and the other: each sum added. */
  public Scalars plus(Scalars other) {
    return new Scalars(
        loss + other.loss,
        weight + other.weight,
        squares + other.squares,
        examples + other.examples);
  }
}
