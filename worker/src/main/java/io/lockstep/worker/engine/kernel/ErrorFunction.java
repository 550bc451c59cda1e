package io.lockstep.worker.engine.kernel;

/**
 * erf(x) = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, in float64 to about 1e-15
 * (Abramowitz and Stegun 1964, 7.1.6 and 7.1.14).
 */
final class ErrorFunction {
  private static final double SQRT_PI = Math.sqrt(Math.PI);

  private ErrorFunction() {}

  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude > 6) {
      return Math.signum(x); // 1 - erf(6) is 2e-17
    }
    return magnitude < 2.5 ? series(x) : Math.signum(x) * (1 - fraction(magnitude));
  }

  /** 2 / sqrt(pi) e^(-x^2) sum over n of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): no cancellation. */
  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / SQRT_PI * StrictMath.exp(-x * x) * sum;
  }

  /** erfc(x) = e^(-x^2) / sqrt(pi) / (x + (1/2) / (x + (2/2) / (x + (3/2) / (x + ...)))). */
  private static double fraction(double x) {
    double tail = x;
    for (int n = 60; n >= 1; n--) {
      tail = x + n / 2.0 / tail;
    }
    return StrictMath.exp(-x * x) / SQRT_PI / tail;
  }
}
