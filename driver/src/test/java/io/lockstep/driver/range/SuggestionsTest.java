package io.lockstep.driver.range;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.driver.range.Suggestions.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** On made-up curves: 25 points a decade from 1e-7 on. */
class SuggestionsTest {
  private static final int A_DECADE = 25;

  /** The curve of a loss over the decimal logarithm of the rate. */
  private static List<RangePoint> curve(int points, DoubleUnaryOperator loss) {
    List<RangePoint> curve = new ArrayList<>();
    for (int t = 0; t < points; t++) {
      double log = -7 + (double) t / A_DECADE;
      double rate = Math.pow(10, log);
      double value = loss.applyAsDouble(log);
      curve.add(new RangePoint(t + 1L, rate, value, rate, value));
    }
    return curve;
  }

  private static Map<String, Double> logs(List<RangePoint> curve) {
    Map<String, Double> logs = new LinkedHashMap<>();
    for (Suggestion each : Suggestions.of(curve).all()) {
      logs.put(each.rule(), Math.log10(each.learningRate()));
    }
    return logs;
  }

  @Test
  void aFallBetweenTwoLevelsIsReadByFourRules() {
    // 2 down to 1 as a logistic around 1e-3, up again from 1e-1 on
    List<RangePoint> curve =
        curve(
            176, x -> 1 + 1 / (1 + Math.exp(4 * (x + 3))) + (x > -1 ? Math.expm1(3 * (x + 1)) : 0));
    Map<String, Double> logs = logs(curve);
    assertThat(logs.keySet()).containsExactly("fall", "steepest", "minimum/10", "valley");
    assertThat(logs.get("steepest")).isCloseTo(-3, within(1e-9));
    assertThat(logs.get("minimum/10")).isCloseTo(-2, within(1e-9));
    // a tenth is left: 1 / (1 + e^(4 x)) = 0.1 at x = ln 9 / 4, and the next of the points
    double nineTenths = -3 + Math.log(9) / 4;
    assertThat(logs.get("fall"))
        .isBetween(nineTenths - 0.5 / A_DECADE, nineTenths + 1.0 / A_DECADE);
    // strictly falling from the first point that is read, 17, to the minimum at 150
    double middle = -7 + (17 - 1 + 134 / 3 + 134 / 6) / (double) A_DECADE;
    assertThat(logs.get("valley")).isCloseTo(middle, within(1.01 / A_DECADE));
    assertThat(Suggestions.of(curve).best().orElseThrow().rule()).isEqualTo("fall");
  }

  @Test
  void theSuggestionIsTheFirstPointWithNineTenthsOfTheFall() {
    double[] losses = {9, 9, 10, 8, 6, 4, 2, 1, 0.5, 0, 3};
    List<RangePoint> curve = new ArrayList<>();
    for (int t = 0; t < losses.length; t++) {
      curve.add(new RangePoint(t + 1L, t + 1, losses[t], t + 1, losses[t]));
    }
    // from 10 to 0: 1 is reached at the eighth point
    assertThat(Suggestions.of(curve).best().orElseThrow().learningRate()).isEqualTo(8);
  }

  @Test
  void theFirstTenthIsLeftOut() {
    // the steepest slope and the highest loss lie in the first points, where the average is young
    List<RangePoint> curve =
        curve(100, x -> x < -6.7 ? 50 - 100 * (x + 7) : 2 - Math.max(0, Math.min(1, x + 5)));
    assertThat(logs(curve).get("steepest")).isBetween(-5.0, -4.0);
    assertThat(logs(curve).get("fall")).isCloseTo(-4.1, within(0.05));
  }

  @Test
  void theValleyIsFastaisOnItsOwnExample() {
    // longest falling subsequence 5 4 3 2 1 of length 5, ending at index 6 of those that are read
    double[] losses = {5, 4, 6, 3, 7, 2, 1, 8};
    List<RangePoint> curve = new ArrayList<>();
    for (int t = 0; t < losses.length; t++) {
      curve.add(new RangePoint(t + 1L, t + 1, losses[t], t + 1, losses[t]));
    }
    // start 6 - 5 = 1, a third of 5 is 1.67: 1 + 1 + 0 = index 2, the third rate
    Suggestion valley = Suggestions.of(curve).all().get(3);
    assertThat(valley.rule()).isEqualTo("valley");
    assertThat(valley.learningRate()).isEqualTo(3);
  }

  @Test
  void aLossThatDoesNotFallSuggestsNothing() {
    assertThat(Suggestions.of(curve(100, x -> 2)).all()).isEmpty();
    assertThat(Suggestions.of(curve(100, x -> 2 + Math.exp(x + 5))).all()).isEmpty();
    assertThat(Suggestions.of(curve(100, x -> 2 - 0.01 * Math.sin(20 * x))).best()).isEmpty();
    assertThat(Suggestions.of(List.of()).all()).isEmpty();
  }

  @Test
  void aFallWithinTheDeviationOfSingleLossesSuggestsNothing() {
    for (double deviation : new double[] {0.1, 0.4}) {
      List<RangePoint> curve = new ArrayList<>();
      for (int t = 0; t < 50; t++) {
        double smoothed = 2 - 0.3 * t / 49;
        double loss = smoothed + (t % 2 == 0 ? deviation : -deviation) / Math.sqrt(2);
        curve.add(new RangePoint(t + 1L, t + 1, loss, t + 1, smoothed));
      }
      assertThat(Suggestions.of(curve).all()).hasSize(deviation < 0.3 ? 4 : 0);
    }
  }

  @Test
  void aCurveOfAFewPointsIsReadToo() {
    assertThat(Suggestions.of(curve(1, x -> 2)).all()).isEmpty();
    assertThat(Suggestions.of(curve(2, x -> Math.exp(-50 * (x + 7)))).all()).hasSize(4);
    assertThat(Suggestions.of(curve(5, x -> Math.exp(-50 * (x + 7)))).all()).hasSize(4);
  }
}
