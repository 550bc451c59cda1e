package io.lockstep.common.config;

/**
 * The numbers that a key allows.
 *
 * @param low the lower end
 * @param lowOpen whether the lower end itself is refused
 * @param high the upper end
 * @param highOpen whether the upper end itself is refused
 */
public record Range(double low, boolean lowOpen, double high, boolean highOpen) {
  /** Every finite number. */
  public static final Range FINITE =
      new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true);

  /** Finite and above zero. */
  public static final Range POSITIVE = new Range(0, true, Double.POSITIVE_INFINITY, true);

  /** Finite and not below zero. */
  public static final Range NOT_NEGATIVE = new Range(0, false, Double.POSITIVE_INFINITY, true);

  /** [0, 1): decay rates. */
  public static final Range FRACTION = new Range(0, false, 1, true);

  /** [0, 1]. */
  public static final Range UNIT = new Range(0, false, 1, false);

  /** {@code [low, high]}, or {@code [low, infinity)} where high is infinite. */
  public static Range closed(double low, double high) {
    return new Range(low, false, high, Double.isInfinite(high));
  }

  /** Whether {@code value} is allowed; never true for NaN. */
  public boolean contains(double value) {
    return (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high);
  }

  /** The rule as an error says it, such as {@code must be in [0, 1)} or {@code must be > 0}. */
  public String rule() {
    if (equals(FINITE)) {
      return "must be finite";
    }
    if (Double.isInfinite(high)) {
      return "must be " + (lowOpen ? "> " : ">= ") + number(low);
    }
    return "must be in "
        + (lowOpen ? "(" : "[")
        + number(low)
        + ", "
        + number(high)
        + (highOpen ? ")" : "]");
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) <= 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
