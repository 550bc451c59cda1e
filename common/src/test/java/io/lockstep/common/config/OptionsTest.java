package io.lockstep.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A section read by its keys: values, defaults, and the text of every refusal. */
class OptionsTest {
  private static final Key<Double> RATE =
      Key.number("rate", 0.5, Range.FRACTION, "how much is dropped");
  private static final Key<Integer> UNITS =
      Key.integer("units", 1, Range.closed(1, 100), "how wide").required();
  private static final Key<Long> SEED = Key.longInteger("seed", 7, Range.NOT_NEGATIVE, "seed");
  private static final Key<Boolean> BIAS = Key.flag("bias", true, "whether");
  private static final Key<String> NAME = Key.text("name", "layer", "its name");
  private static final Key<String> MODE =
      Key.choice("mode", "keep", List.of("keep", "drop"), "what");
  private static final Key<Options> INNER = Key.section("inner", "more");
  private static final Key<List<Options>> LAYERS = Key.sections("layers", "all");
  private static final Key<List<Integer>> SHAPE =
      Key.integers("shape", List.of(3), Range.POSITIVE, "extents");
  private static final Key<List<Double>> BOUNDS =
      Key.numbers("bounds", List.of(), Range.UNIT, "bounds");
  private static final Key<List<String>> ROLES =
      Key.texts("roles", List.of("bias"), List.of("bias", "norm"), "roles");
  private static final Key<Object> FREE = Key.any("free", "anything");

  private static Options options(@Nullable Object... pairs) {
    var values = new java.util.LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put(String.valueOf(pairs[i]), pairs[i + 1]);
    }
    return Options.of("layer", values);
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ConfigurationException.class).hasMessage(message);
  }

  @Test
  void whatIsWrittenIsReadInItsType() {
    Options options =
        options(
            "rate",
            0.25,
            "units",
            3,
            "seed",
            1L << 40,
            "bias",
            false,
            "name",
            12,
            "mode",
            "drop",
            "inner",
            Map.of("rate", 0),
            "layers",
            List.of(Map.of("units", 2)),
            "shape",
            List.of(2, 4),
            "bounds",
            List.of(0, 1.0),
            "roles",
            List.of("norm"),
            "free",
            List.of(Map.of("a", 1)));
    assertThat(options.get(RATE)).isEqualTo(0.25);
    assertThat(options.get(UNITS)).isEqualTo(3);
    assertThat(options.get(SEED)).isEqualTo(1L << 40);
    assertThat(options.get(BIAS)).isFalse();
    assertThat(options.get(NAME)).isEqualTo("12");
    assertThat(options.get(MODE)).isEqualTo("drop");
    assertThat(options.get(INNER).get(RATE)).isZero();
    assertThat(options.get(LAYERS).get(0).get(UNITS)).isEqualTo(2);
    assertThat(options.get(SHAPE)).containsExactly(2, 4);
    assertThat(options.get(BOUNDS)).containsExactly(0.0, 1.0);
    assertThat(options.get(ROLES)).containsExactly("norm");
    assertThat(options.get(FREE)).isEqualTo(List.of(Map.of("a", 1)));
  }

  @Test
  void whatIsNotWrittenHasItsDefault() {
    Options options = options();
    assertThat(options.get(RATE)).isEqualTo(0.5);
    assertThat(options.get(MODE)).isEqualTo("keep");
    assertThat(options.get(INNER).isEmpty()).isTrue();
    assertThat(options.get(LAYERS)).isEmpty();
    assertThat(options.get(SHAPE)).containsExactly(3);
    assertThat(options.get(ROLES)).containsExactly("bias");
    assertThat(options.find(FREE)).isNull();
    assertThat(options.has(RATE)).isFalse();
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    refused(
        () -> options("rate", 1.0).get(RATE), "layer.rate must be in [0, 1), got 1.0 (program)");
    refused(
        () -> options("rate", Double.NaN).get(RATE),
        "layer.rate must be in [0, 1), got NaN (program)");
    refused(
        () -> options("units", 101).get(UNITS),
        "layer.units must be in [1, 100], got 101 (program)");
    refused(
        () -> options("units", 1L << 40).get(UNITS),
        "layer.units must be in [1, 100], got 1099511627776 (program)");
    refused(() -> options("seed", -1).get(SEED), "layer.seed must be >= 0, got -1 (program)");
    refused(
        () -> options("shape", List.of(2, 0)).get(SHAPE),
        "layer.shape[1] must be > 0, got 0 (program)");
    refused(
        () -> options("bounds", List.of(2)).get(BOUNDS),
        "layer.bounds[0] must be in [0, 1], got 2 (program)");
  }

  @Test
  void valuesOfAnotherTypeAreRefused() {
    refused(
        () -> options("rate", "half").get(RATE),
        "layer.rate must be a number, got 'half' (program)");
    refused(
        () -> options("units", 2.5).get(UNITS),
        "layer.units must be a whole number, got 2.5 (program)");
    refused(
        () -> options("bias", "yes").get(BIAS),
        "layer.bias must be true or false, got 'yes' (program)");
    refused(
        () -> options("name", List.of()).get(NAME), "layer.name must be text, got [] (program)");
    refused(
        () -> options("inner", 3).get(INNER),
        "layer.inner must be a section (key: value), got 3 (program)");
    refused(
        () -> options("layers", Map.of()).get(LAYERS),
        "layer.layers must be a list of sections, got {} (program)");
    refused(
        () -> options("layers", List.of(5)).get(LAYERS),
        "layer.layers[0] must be a section (key: value), got 5 (program)");
    refused(
        () -> options("shape", 4).get(SHAPE),
        "layer.shape must be a list of whole numbers, got 4 (program)");
    refused(
        () -> options("free", null).get(FREE), "layer.free must have a value, got null (program)");
  }

  @Test
  void wordsOutsideAChoiceAreRefusedWithTheNearestOne() {
    refused(
        () -> options("mode", "dropp").get(MODE),
        "layer.mode must be one of keep, drop, got 'dropp', did you mean 'drop'? (program)");
    refused(
        () -> options("mode", "forget").get(MODE),
        "layer.mode must be one of keep, drop, got 'forget' (program)");
    refused(
        () -> options("roles", List.of("bias", "gain")).get(ROLES),
        "layer.roles[1] must be one of bias, norm, got 'gain' (program)");
  }

  @Test
  void aMissingRequiredKeyIsRefused() {
    refused(
        () -> options().get(UNITS),
        "layer.units is missing; it must be a whole number, in [1, 100] (program)");
  }

  @Test
  void unknownKeysAreRefusedWithTheNearestKnownOne() {
    List<Key<?>> known = List.of(RATE, UNITS);
    options("rate", 0, "units", 3).allowOnly(known);
    refused(
        () -> options("unit", 3).allowOnly(known),
        "unknown key 'layer.unit', did you mean 'units'? known here: rate, units (program)");
    refused(
        () -> options("activation", 3).allowOnly(known),
        "unknown key 'layer.activation'; known here: rate, units (program)");
  }

  @Test
  void errorsOfTheOwnersNameKeyAndValueToo() {
    assertThat(options("rate", 0.25).error(RATE, "must be even"))
        .hasMessage("layer.rate must be even, got 0.25 (program)");
    assertThat(options().error(RATE, "must be written"))
        .hasMessage("layer.rate must be written (program)");
    assertThat(options().error("needs a rate")).hasMessage("layer needs a rate (program)");
    assertThat(Options.empty().error("is empty"))
        .hasMessage("the configuration is empty (defaults)");
  }

  @Test
  void aSectionCanBeReadWithoutAKey() {
    Options options = options("rate", 0.25, "units", 3);
    assertThat(options.without("rate").names()).containsExactly("units");
    assertThat(options.names()).containsExactly("rate", "units");
    assertThat(options.plain()).isEqualTo(Map.of("rate", 0.25, "units", 3));
  }

  @Test
  void keysSayWhatTheyAllow() {
    assertThat(RATE.allowed()).isEqualTo("a number, in [0, 1)");
    assertThat(MODE.allowed()).isEqualTo("keep | drop");
    assertThat(ROLES.allowed()).isEqualTo("a list of bias | norm");
    assertThat(BIAS.allowed()).isEqualTo("true or false");
    assertThat(SHAPE.allowed()).isEqualTo("a list of whole numbers, > 0");
  }
}
