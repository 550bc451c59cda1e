package io.lockstep.driver.spark.source;

/** Reads numbers as data files write them. */
final class Numbers {
  private Numbers() {}

  /**
   * The nearest float32 of a decimal number; NaN where the text is none (also {@code NaN}, {@code
   * inf} and Java's own {@code 1f} and {@code 0x1p3}) or is beyond float32.
   */
  static float parse(String text) {
    if (!isDecimal(text)) {
      return Float.NaN;
    }
    try {
      float value = Float.parseFloat(text);
      return Float.isInfinite(value) ? Float.NaN : value;
    } catch (NumberFormatException e) {
      return Float.NaN; // an expected outcome: the caller names the row
    }
  }

  /** Whether the text is a whole number, however it is written ({@code 2}, {@code 2.0}). */
  static boolean isWhole(String text) {
    float value = parse(text);
    return value == Math.rint(value);
  }

  private static boolean isDecimal(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
