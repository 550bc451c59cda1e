package io.lockstep.driver.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class LossCurveTest {
  @Test
  void theFirstPointIsItselfAndTheSecondTheWeightedMeanOfBoth() {
    LossCurve curve = new LossCurve(0.9, 4);
    curve.add(1e-3, 2);
    curve.add(1e-1, 1);
    List<RangePoint> points = curve.points();
    assertThat(points.get(0).smoothedLoss()).isCloseTo(2, within(1e-12));
    assertThat(points.get(0).smoothedRate()).isCloseTo(1e-3, within(1e-15));
    // weights 0.09 and 0.1 over 1 - 0.81
    assertThat(points.get(1).smoothedLoss()).isCloseTo((0.09 * 2 + 0.1 * 1) / 0.19, within(1e-12));
    assertThat(points.get(1).smoothedRate())
        .isCloseTo(Math.pow(10, (0.09 * -3 + 0.1 * -1) / 0.19), within(1e-12));
    assertThat(points).extracting(RangePoint::step).containsExactly(1L, 2L);
  }

  @Test
  void smoothingLeavesAStraightLineWhereItIs() {
    LossCurve curve = new LossCurve(0.95, 4);
    for (int t = 0; t < 100; t++) {
      curve.add(Math.pow(10, -5 + t / 25.0), 3 - t / 50.0);
    }
    for (RangePoint point : curve.points()) {
      double lineAtRate = 3 - (Math.log10(point.smoothedRate()) + 5) / 2;
      assertThat(point.smoothedLoss()).isCloseTo(lineAtRate, within(1e-9));
    }
  }

  @Test
  void itExplodesAboveAMultipleOfTheBestSmoothedLossAndTakesNoMore() {
    LossCurve curve = new LossCurve(0, 4);
    curve.add(1, 2);
    curve.add(2, 1);
    curve.add(3, 4);
    assertThat(curve.hasExploded()).as("4 is not above 4 times 1").isFalse();
    curve.add(4, 4.001);
    assertThat(curve.hasExploded()).isTrue();
    curve.add(5, 0.5);
    assertThat(curve.points()).hasSize(4);
  }

  @Test
  void oneOutlierIsNoExplosionWhereLossesAreSmoothed() {
    LossCurve curve = new LossCurve(0.9, 4);
    for (int t = 0; t < 20; t++) {
      curve.add(t + 1, 1);
    }
    curve.add(21, 10);
    assertThat(curve.hasExploded()).isFalse();
  }

  @Test
  void cutBackAndComputedAgainItHasTheSameBits() {
    LossCurve straight = new LossCurve(0.9, 2);
    LossCurve interrupted = new LossCurve(0.9, 2);
    double[] losses = {2, 1.5, 1.7, 1.1, 1, 1.2, 5, 9, 20, 30};
    for (int t = 0; t < losses.length; t++) {
      straight.add(t + 1, losses[t]);
    }
    for (int t = 0; t < losses.length; t++) {
      interrupted.add(t + 1, losses[t]);
    }
    assertThat(interrupted.hasExploded()).isTrue();
    interrupted.cutBack(3);
    assertThat(interrupted.hasExploded()).isFalse();
    assertThat(interrupted.points()).isEqualTo(straight.points().subList(0, 3));
    for (int t = 3; t < losses.length; t++) {
      interrupted.add(t + 1, losses[t]);
    }
    assertThat(interrupted.points()).isEqualTo(straight.points());
    interrupted.cutBack(0);
    assertThat(interrupted.points()).isEmpty();
  }
}
