package io.lockstep.driver.range;

import java.util.ArrayList;
import java.util.List;

/**
 * The losses of a range test, raw and smoothed:
 *
 * <pre>
 * a = smoothing a + (1 - smoothing) loss
 * b = smoothing b + (1 - smoothing) ln rate
 * c = 1 - smoothing^t
 * smoothedLoss = a / c,  smoothedRate = e^(b / c)        after t losses
 * </pre>
 *
 * <p>Both coordinates of a point are averaged with the same weights. An average of the losses alone
 * lags behind the rate by {@code smoothing / (1 - smoothing)} steps, and everything that is read
 * from it is too high by as much; this one leaves a straight line where it is.
 */
final class LossCurve {
  private final double smoothing;
  private final double explosion;
  private final List<RangePoint> points = new ArrayList<>();
  private double losses;
  private double logRates;
  private double rest = 1;
  private double best = Double.POSITIVE_INFINITY;
  private boolean exploded;

  LossCurve(double smoothing, double explosion) {
    this.smoothing = smoothing;
    this.explosion = explosion;
  }

  /** Adds the next step; what comes after the explosion is left out. */
  void add(double learningRate, double loss) {
    if (exploded) {
      return;
    }
    losses = smoothing * losses + (1 - smoothing) * loss;
    logRates = smoothing * logRates + (1 - smoothing) * StrictMath.log(learningRate);
    rest *= smoothing;
    double smoothed = losses / (1 - rest);
    double rate = StrictMath.exp(logRates / (1 - rest));
    points.add(new RangePoint(points.size() + 1L, learningRate, loss, rate, smoothed));
    best = Math.min(best, smoothed);
    exploded = smoothed > explosion * best;
  }

  /** Forgets what comes after a step: it will be computed again, with the same bits. */
  void cutBack(long step) {
    List<RangePoint> kept = List.copyOf(points.subList(0, (int) Math.min(step, points.size())));
    points.clear();
    losses = 0;
    logRates = 0;
    rest = 1;
    best = Double.POSITIVE_INFINITY;
    exploded = false;
    kept.forEach(point -> add(point.learningRate(), point.loss()));
  }

  /** Whether the smoothed loss of the last point is too far above the best one. */
  boolean hasExploded() {
    return exploded;
  }

  /** All points, in order. */
  List<RangePoint> points() {
    return List.copyOf(points);
  }
}
