package io.lockstep.worker.engine.initializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitializersTest {
  private static final int FAN_IN = 300;
  private static final int FAN_OUT = 100;
  private static final int N = 40_000;

  /** Moments of 40,000 draws: the mean within 4.5 of its errors, the variance within 5 %. */
  @ParameterizedTest
  @CsvSource({
    "normal, 0.0025",
    "uniform, 0.000833333",
    "xavier-normal, 0.005",
    "xavier-uniform, 0.005",
    "he-normal, 0.0066666667",
    "he-uniform, 0.0066666667",
    "lecun-normal, 0.0033333333",
    "lecun-uniform, 0.0033333333",
    "truncated-normal, 0.00193435"
  })
  void meanIsZeroAndVarianceIsThePapers(String type, double variance) {
    double[] values = values(create(Map.of("type", type)));
    double mean = 0;
    double square = 0;
    for (double v : values) {
      mean += v / N;
      square += v * v / N;
    }
    assertThat(mean).isCloseTo(0, within(4.5 * Math.sqrt(variance / N)));
    assertThat(square).isCloseTo(variance, within(0.05 * variance));
  }

  @ParameterizedTest
  @CsvSource({
    "uniform, 0.05",
    "xavier-uniform, 0.122474487",
    "he-uniform, 0.141421356",
    "lecun-uniform, 0.1"
  })
  void evenOnesReachTheirLimitsAndNoFurther(String type, double limit) {
    double[] values = values(create(Map.of("type", type)));
    double smallest = java.util.Arrays.stream(values).min().orElseThrow();
    double largest = java.util.Arrays.stream(values).max().orElseThrow();
    assertThat(smallest).isBetween(-limit * 1.0000001, -limit * 0.999);
    assertThat(largest).isBetween(limit * 0.999, limit * 1.0000001);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"normal", "truncated-normal", "uniform", "xavier-normal", "lecun-uniform"})
  void anyElementComputedAloneIsTheSame(String type) {
    Initializer initializer = create(Map.of("type", type));
    double[] values = values(initializer);
    for (int element : new int[] {N - 1, 0, 777, 778, 12_345}) {
      assertThat(value(initializer, 42, element)).isEqualTo(values[element]);
    }
    assertThat(value(initializer, 43, 5)).isNotEqualTo(values[5]);
  }

  @Test
  void everyEntryMakesFiniteNumbersAndKeepsItsName() {
    for (var entry : Initializers.REGISTRY.entries()) {
      Initializer initializer = create(Map.of("type", entry.name()));
      assertThat(initializer.name()).isEqualTo(entry.name());
      for (int fan : new int[] {1, 7, 62}) {
        var values = initializer.values(stream(1), List.of(7, 9), fan, 1);
        assertThat(values.applyAsDouble(fan)).isFinite();
      }
    }
  }

  /** The variance of a normal distribution cut at two deviations is 0.7737 of its own. */
  @Test
  void truncatedOnesStayWithinTwoDeviations() {
    double[] values = values(create(Map.of("type", "truncated-normal", "mean", 3)));
    double smallest = java.util.Arrays.stream(values).min().orElseThrow();
    double largest = java.util.Arrays.stream(values).max().orElseThrow();
    assertThat(smallest).isBetween(2.9, 2.901);
    assertThat(largest).isBetween(3.099, 3.1);
  }

  /** Q'Q = I or Q Q' = I, within 64 roundings of double. */
  @ParameterizedTest
  @CsvSource({"1, 1", "5, 5", "1, 6", "6, 1", "64, 64", "33, 80", "80, 33"})
  void orthogonalOnesHaveOrthonormalRowsOrColumnsWhicheverAreFewer(int rows, int columns) {
    double[] q = orthogonal(rows, columns);
    boolean tall = rows >= columns;
    int n = Math.min(rows, columns);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double product = 0;
        for (int k = 0; k < Math.max(rows, columns); k++) {
          product +=
              tall
                  ? q[k * columns + i] * q[k * columns + j]
                  : q[i * columns + k] * q[j * columns + k];
        }
        assertThat(product).as("%d %d", i, j).isCloseTo(i == j ? 1 : 0, within(64 * 0x1p-52));
      }
    }
  }

  /** Drawn evenly: no sign is preferred on the diagonal, as without the correction it would be. */
  @Test
  void orthogonalOnesPreferNoSign() {
    int positive = 0;
    for (int seed = 0; seed < 400; seed++) {
      Initializer initializer = create(Map.of("type", "orthogonal"));
      var values = initializer.values(stream(seed), List.of(3, 3), 3, 3);
      positive += values.applyAsDouble(0) > 0 ? 1 : 0;
    }
    assertThat(positive).isBetween(155, 245); // 4.5 deviations of 10
  }

  @Test
  void filtersAreTheRowsOfAnOrthogonalMatrix() {
    assertThat(orthogonal(4, 3, 2, 2)).isEqualTo(orthogonal(4, 12));
  }

  @Test
  void anOrthogonalVectorOrAGiantIsRefused() {
    Initializer initializer = create(Map.of("type", "orthogonal"));
    assertThatThrownBy(() -> initializer.check(List.of(5)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "initializer orthogonal needs a tensor of two extents or more, got [5]; use normal"
                + " (program)");
    assertThatThrownBy(() -> initializer.check(List.of(4096, 4096)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got [4096, 4096]; use xavier-normal");
  }

  private static double[] orthogonal(Integer... shape) {
    int size = List.of(shape).stream().reduce(1, Math::multiplyExact);
    var values = create(Map.of("type", "orthogonal")).values(stream(1), List.of(shape), 1, 1);
    return IntStream.range(0, size).mapToDouble(values).toArray();
  }

  @Test
  void constantsAreWhatIsWritten() {
    assertThat(values(create(Map.of("type", "constant", "value", 0.3)))).containsOnly(0.3);
    assertThat(values(create(Map.of("type", "zero")))).containsOnly(0);
  }

  @Test
  void aLayerNamesItsInitializerOrTakesTheOneGiven() {
    assertThat(Initializers.of(Options.empty(), VarianceScaling.heNormal()).name())
        .isEqualTo("he-normal");
    Options layer = Options.of("layer", Map.of("initializer", "zero"));
    assertThat(Initializers.of(layer, VarianceScaling.heNormal()).name()).isEqualTo("zero");
  }

  @Test
  void anEmptyIntervalIsRefused() {
    assertThatThrownBy(() -> create(Map.of("type", "uniform", "minimum", 1, "maximum", 1)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("initializer.maximum must be above minimum, which is 1.0, got 1 (program)");
  }

  @Test
  void aMisspelledNameIsRefusedWithTheNearest() {
    assertThatThrownBy(() -> create(Map.of("type", "he-norml")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("unknown initializer 'he-norml', did you mean 'he-normal'?");
  }

  private static Initializer create(Map<String, ?> section) {
    return Initializers.REGISTRY.create(Options.of("initializer", section));
  }

  private static RandomStream stream(long seed) {
    return RandomStream.of(seed, Purpose.INITIALIZE, 3, 0, 0);
  }

  private static double[] values(Initializer initializer) {
    double[] values = new double[N];
    for (int i = 0; i < N; i++) {
      values[i] = value(initializer, 42, i);
    }
    return values;
  }

  private static double value(Initializer initializer, long seed, int element) {
    return initializer.values(stream(seed), List.of(N), FAN_IN, FAN_OUT).applyAsDouble(element);
  }
}
