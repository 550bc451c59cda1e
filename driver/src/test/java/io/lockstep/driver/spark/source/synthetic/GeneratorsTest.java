package io.lockstep.driver.spark.source.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GeneratorsTest {
  private static final int ROWS = 400;

  private final long seed =
      System.getProperty("tests.seed", "").isEmpty()
          ? new Random().nextLong()
          : Long.getLong("tests.seed");

  /** One example: its features and its labels. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Example(float[] features, float[] labels) {}

  static List<String> names() {
    return Generators.REGISTRY.entries().stream().map(Registry.Entry::name).toList();
  }

  private static Generator generator(String name, Object... settings) {
    Map<String, Object> section = new LinkedHashMap<>(Map.of("type", name));
    for (int i = 0; i < settings.length; i += 2) {
      section.put((String) settings[i], settings[i + 1]);
    }
    return Generators.REGISTRY.create(Options.of("generator", section));
  }

  private static Example example(Generator generator, long seed, long row) {
    Example example = new Example(new float[generator.features()], new float[generator.labels()]);
    Arrays.fill(example.features, Float.NaN);
    Arrays.fill(example.labels, Float.NaN);
    RandomStream random = RandomStream.of(seed, Purpose.EXAMPLE, 0, row, 0);
    generator.example(random, example.features, example.labels);
    return example;
  }

  private List<Example> examples(Generator generator) {
    List<Example> examples = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      examples.add(example(generator, seed, row));
    }
    return examples;
  }

  @ParameterizedTest
  @MethodSource("names")
  void aRowIsAFunctionOfSeedAndNumberThatOverwritesEverything(String name) {
    Generator one = generator(name);
    Generator other = generator(name);
    for (int row = ROWS - 1; row >= 0; row--) {
      Example example = example(one, seed, row);
      for (float feature : example.features) {
        assertThat(feature).as("-Dtests.seed=" + seed).isFinite();
      }
      for (float label : example.labels) {
        assertThat(label).as("-Dtests.seed=" + seed).isFinite();
      }
      assertThat(example(other, seed, row).features).isEqualTo(example.features);
      assertThat(example(other, seed, row).labels).isEqualTo(example.labels);
    }
    assertThat(example(one, seed, 1).features).isNotEqualTo(example(one, seed, 0).features);
    assertThat(example(one, seed + 1, 0).features).isNotEqualTo(example(one, seed, 0).features);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyClassIsThereAndNoOther(String name) {
    Generator generator = generator(name);
    if (generator.classes() == 0) {
      return;
    }
    boolean[] found = new boolean[generator.classes()];
    for (Example example : examples(generator)) {
      for (float label : example.labels) {
        assertThat(label).isBetween(generator.labels() > 1 ? -1f : 0f, generator.classes() - 1f);
        if (label >= 0) {
          found[(int) label] = true;
        }
      }
    }
    int first = name.equals("strokes") ? 1 : 0; // 0 stays free for the blank
    for (int c = first; c < found.length; c++) {
      assertThat(found[c]).as("class %d, -Dtests.seed=%d", c, seed).isTrue();
    }
  }

  @Test
  void blobsCanBeMadeUneven() {
    Generator generator = generator("gaussian-blobs", "classes", 2, "imbalance", 9);
    long last = examples(generator).stream().filter(e -> e.labels[0] == 1).count();
    assertThat(last).as("-Dtests.seed=" + seed).isBetween(ROWS / 25L, ROWS / 5L);
  }

  @Test
  void withoutNoiseTheLabelsAreTheFormulas() {
    for (Example example : examples(generator("sin", "noise", 0, "periods", 2))) {
      assertThat((double) example.labels[0])
          .isCloseTo(Math.sin(4 * Math.PI * example.features[0]), within(1e-6));
    }
    for (Example example : examples(generator("spirals", "noise", 0, "turns", 1))) {
      double radius = Math.hypot(example.features[0], example.features[1]);
      double angle = 2 * Math.PI * (radius + example.labels[0] / 2);
      assertThat((double) example.features[0]).isCloseTo(radius * Math.cos(angle), within(1e-5));
    }
  }

  @Test
  void theTeacherIsTheTasksNotTheSeeds() {
    Generator generator = generator("linear", "features", 1, "noise", 0);
    double slope = example(generator, 1, 0).labels[0] / example(generator, 1, 0).features[0];
    for (Example example : examples(generator)) {
      assertThat((double) example.labels[0])
          .isCloseTo(slope * example.features[0], within(1e-5 * Math.abs(slope) + 1e-6));
    }
    Example other = example(generator("linear", "features", 1, "noise", 0, "task", 1), 1, 0);
    assertThat(other.labels[0] / other.features[0]).isNotEqualTo((float) slope);
  }

  @Test
  void aMaskIsBrightWhereItIsNotGround() {
    for (Example example : examples(generator("shapes", "noise", 0))) {
      for (int p = 0; p < example.labels.length; p++) {
        assertThat(example.features[p]).isEqualTo(example.labels[p] > 0 ? 0.8f : 0.2f);
      }
    }
  }

  /** Without noise a position shows a pattern or nothing: the runs of patterns are the labels. */
  @Test
  void strokesShowTheirLabelsInOrderWithPausesBetween() {
    Generator generator = generator("strokes", "noise", 0, "width", 1, "symbols", 3);
    Map<Float, Integer> symbols = new LinkedHashMap<>();
    for (Example example : examples(generator)) {
      List<Float> shown = new ArrayList<>();
      float before = 0;
      for (float number : example.features) {
        if (number != 0 && number != before) {
          assertThat(before).as("a pause before each symbol").isZero();
          shown.add(number);
        }
        before = number;
      }
      int count = 0;
      while (count < example.labels.length && example.labels[count] > 0) {
        int label = (int) example.labels[count];
        assertThat(symbols.merge(shown.get(count), label, (then, now) -> then)).isEqualTo(label);
        count++;
      }
      assertThat(shown).hasSize(count).isNotEmpty();
      for (int k = count; k < example.labels.length; k++) {
        assertThat(example.labels[k]).isEqualTo(-1);
      }
    }
    assertThat(symbols).hasSize(3);
  }

  @Test
  void strokesMustFitTheirTime() {
    assertThatThrownBy(() -> generator("strokes", "time", 9, "most", 2))
        .hasMessageContaining(
            "generator.time must have 5 positions for each of most 2 symbols, got 9");
  }

  /** Shifts differ, so views are compared by their sorted numbers, which brightness only scales. */
  @Test
  void viewsOfTheSamePatternAreTheSameUpToShiftAndBrightness() {
    Generator generator = generator("pairs", "noise", 0, "size", 4);
    int same = 0;
    for (Example example : examples(generator)) {
      boolean equal = sorted(example, 0, 16).equals(sorted(example, 16, 16));
      assertThat(equal).as("-Dtests.seed=" + seed).isEqualTo(example.labels[0] == 1);
      same += equal ? 1 : 0;
    }
    assertThat(same).as("-Dtests.seed=" + seed).isBetween(ROWS / 3, 2 * ROWS / 3);
    for (Example example : examples(generator("triplets", "noise", 0, "size", 4))) {
      assertThat(sorted(example, 16, 16)).isEqualTo(sorted(example, 0, 16));
      assertThat(sorted(example, 32, 16)).isNotEqualTo(sorted(example, 0, 16));
    }
  }

  /** The numbers over the largest magnitude among them, rounded. */
  private static List<Long> sorted(Example example, int from, int length) {
    float[] view = Arrays.copyOfRange(example.features, from, from + length);
    double most = 0;
    for (float number : view) {
      most = Math.max(most, Math.abs(number));
    }
    double scale = 1e4 / most;
    List<Long> numbers = new ArrayList<>();
    for (float number : view) {
      numbers.add(Math.round(number * scale));
    }
    return numbers.stream().sorted().toList();
  }
}
