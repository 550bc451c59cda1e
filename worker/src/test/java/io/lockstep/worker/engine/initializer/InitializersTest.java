package io.lockstep.worker.engine.initializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.Map;
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
    "he-uniform, 0.0066666667"
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
  @CsvSource({"uniform, 0.05", "xavier-uniform, 0.122474487", "he-uniform, 0.141421356"})
  void evenOnesReachTheirLimitsAndNoFurther(String type, double limit) {
    double[] values = values(create(Map.of("type", type)));
    double smallest = java.util.Arrays.stream(values).min().orElseThrow();
    double largest = java.util.Arrays.stream(values).max().orElseThrow();
    assertThat(smallest).isBetween(-limit * 1.0000001, -limit * 0.999);
    assertThat(largest).isBetween(limit * 0.999, limit * 1.0000001);
  }

  @ParameterizedTest
  @ValueSource(strings = {"normal", "uniform", "xavier-normal", "he-uniform"})
  void anyElementComputedAloneIsTheSame(String type) {
    Initializer initializer = create(Map.of("type", type));
    double[] values = values(initializer);
    for (int element : new int[] {N - 1, 0, 777, 778, 12_345}) {
      assertThat(initializer.value(stream(42), element, FAN_IN, FAN_OUT))
          .isEqualTo(values[element]);
    }
    assertThat(initializer.value(stream(43), 5, FAN_IN, FAN_OUT)).isNotEqualTo(values[5]);
  }

  @Test
  void everyEntryMakesFiniteNumbersAndKeepsItsName() {
    for (var entry : Initializers.REGISTRY.entries()) {
      Initializer initializer = create(Map.of("type", entry.name()));
      assertThat(initializer.name()).isEqualTo(entry.name());
      for (int fan : new int[] {1, 7, 1000}) {
        assertThat(initializer.value(stream(1), fan, fan, 1)).isFinite();
      }
    }
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
      values[i] = initializer.value(stream(42), i, FAN_IN, FAN_OUT);
    }
    return values;
  }
}
