package io.lockstep.driver.coordinator;

import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.report.GradientNoise;
import java.util.List;

/**
 * The gradient noise scale (McCandlish et al. 2018, "An empirical model of large-batch training",
 * equation 2.8 and appendix A.1), from the slices of a step and their mean, without another pass.
 *
 * <p>Slice i hands over s_i, the sum over its examples of weight times gradient, and w_i, the sum
 * of weights; m slices make the batch of weight W = sum w_i and its mean gradient g = sum s_i / W.
 * Where the examples are independent, G is the true gradient and Sigma the covariance of one
 * example's,
 *
 * <pre>
 * E |s_i|^2 / w_i = w_i |G|^2 + tr(Sigma)         Q = sum |s_i|^2 / w_i
 * E |g|^2         = |G|^2 + tr(Sigma) / W
 *
 * trace  = (Q - W |g|^2) / (m - 1)                E trace  = tr(Sigma)
 * square = |g|^2 - trace / W                      E square = |G|^2
 * scale  = average of trace / average of square
 * </pre>
 *
 * <p>Both estimates are unbiased for slices of any sizes, and each may be negative. For slices of b
 * examples, m b = B, they are the paper's (A.3) and (A.2) with B_small = b and B_big = B, |G_b|^2
 * being the mean over the slices. The ratio of one step is biased and noisy; as the paper's
 * appendix does, the scale divides moving averages, {@code a = 0.99 a + 0.01 estimate} from 0 on,
 * whose shrinkage at the beginning cancels. Where examples have weights other than 1, it is the
 * noise of a unit of weight. It ignores that an epoch draws without putting back.
 *
 * @param trace the moving average of the trace
 * @param square the moving average of the square
 */
public record NoiseAverages(double trace, double square) {
  /** Before the first step. */
  public static final NoiseAverages NONE = new NoiseAverages(0, 0);

  private static final double DECAY = 0.99;

  /** The averages that gave this state. */
  public static NoiseAverages restore(List<Double> state) {
    return state.isEmpty() ? NONE : new NoiseAverages(state.get(0), state.get(1));
  }

  /** The averages as numbers. */
  public List<Double> state() {
    return List.of(trace, square);
  }

  /**
   * The estimates of one step, its scale left out.
   *
   * @param batch the sums over the batch
   * @param gradientSquare |g|^2, before clipping
   * @param slices m
   * @return {@link GradientNoise#UNKNOWN} for fewer than two slices
   */
  static GradientNoise estimate(Scalars batch, double gradientSquare, int slices) {
    double trace = (batch.squares() - batch.weight() * gradientSquare) / (slices - 1);
    double square = gradientSquare - trace / batch.weight();
    return slices > 1 && Double.isFinite(trace) && Double.isFinite(square)
        ? new GradientNoise(Double.NaN, trace, square)
        : GradientNoise.UNKNOWN;
  }

  /** The averages after one more step; an unknown estimate changes nothing. */
  NoiseAverages after(GradientNoise estimate) {
    return estimate.isKnown()
        ? new NoiseAverages(
            DECAY * trace + (1 - DECAY) * estimate.trace(),
            DECAY * square + (1 - DECAY) * estimate.square())
        : this;
  }

  /** The smoothed scale; NaN where an average is not above 0. */
  double scale() {
    return trace > 0 && square > 0 ? trace / square : Double.NaN;
  }
}
