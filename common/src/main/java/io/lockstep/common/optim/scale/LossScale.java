package io.lockstep.common.optim.scale;

import java.util.List;

/**
 * Loss scaling (Micikevicius et al. 2018, "Mixed precision training", section 3.2): gradients are
 * multiplied by a scale S before they are rounded to the form of the wire, so that small ones do
 * not vanish, and divided by it once their sum is complete. S is a power of two: neither changes a
 * bit that the form can hold. A step whose sum is not finite has overflowed the form and is
 * skipped. The dynamic scale moves as that of {@code torch.amp.GradScaler} does:
 *
 * <pre>
 * after a skipped step            S = S backoffFactor, good = 0
 * after any other   good = good + 1; where good = growthInterval: S = S growthFactor, good = 0
 * </pre>
 *
 * <p>S stays within 2^{@value #LEAST} and 2^{@value #MOST}; the source has no limits. A scale that
 * does not move has both factors 1. Immutable.
 *
 * <p>A pure function of which steps were skipped, which all shards learn from one total: so all
 * have the same scale, however many there are.
 */
public final class LossScale {
  /** The least power of two that a scale may be. */
  public static final int LEAST = -24;

  /** The largest. */
  public static final int MOST = 40;

  private final int first;
  private final int growth;
  private final int backoff;
  private final long growthInterval;

  private LossScale(int first, int growth, int backoff, long growthInterval) {
    this.first = first;
    this.growth = growth;
    this.backoff = backoff;
    this.growthInterval = growthInterval;
  }

  /**
   * A scale that stays as it is.
   *
   * @param exponent the scale is 2 to this; 0 for no scaling
   */
  public static LossScale fixed(int exponent) {
    return new LossScale(exponent, 0, 0, Long.MAX_VALUE);
  }

  /**
   * A scale that looks for the largest that fits.
   *
   * @param first the power of two to begin with
   * @param growth of the growth factor, at least 1
   * @param backoff of the backoff factor, at most -1
   * @param growthInterval steps without overflow after which it grows
   */
  public static LossScale dynamic(int first, int growth, int backoff, long growthInterval) {
    return new LossScale(first, growth, backoff, growthInterval);
  }

  /**
   * What a scale is and knows before a step.
   *
   * @param exponent the scale is 2 to this
   * @param goodSteps steps without overflow since it last moved
   * @param skippedSteps of the run so far
   */
  public record State(int exponent, long goodSteps, long skippedSteps) {
    /** The scale itself. */
    public double scale() {
      return Math.scalb(1.0, exponent);
    }

    /** The state as a checkpoint holds it. */
    public List<Double> numbers() {
      return List.of((double) exponent, (double) goodSteps, (double) skippedSteps);
    }

    /** The state of those {@link #numbers}. */
    public static State of(List<Double> numbers) {
      if (numbers.size() != 3) {
        throw new IllegalArgumentException(
            "a loss scale's state must be exponent, good steps, skipped steps, got " + numbers);
      }
      return new State(
          numbers.get(0).intValue(), numbers.get(1).longValue(), numbers.get(2).longValue());
    }
  }

  /** The state before the first step. */
  public State first() {
    return new State(first, 0, 0);
  }

  /** The state before the next step, where this one was not skipped. */
  public State afterUpdate(State state) {
    long good = state.goodSteps() + 1;
    return good < growthInterval
        ? new State(state.exponent(), good, state.skippedSteps())
        : new State(limited(state.exponent() + growth), 0, state.skippedSteps());
  }

  /** The state before the next step, where this one has overflowed. */
  public State afterOverflow(State state) {
    return new State(limited(state.exponent() + backoff), 0, state.skippedSteps() + 1);
  }

  /** Whether the scale would go down after an overflow, and cannot. */
  public boolean isExhausted(State state) {
    return backoff < 0 && state.exponent() == LEAST;
  }

  private static int limited(int exponent) {
    return Math.max(LEAST, Math.min(MOST, exponent));
  }
}
