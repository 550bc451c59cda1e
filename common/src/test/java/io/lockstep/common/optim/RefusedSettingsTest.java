package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.optim.clip.Clips;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key of every rule and clip refuses what is outside its range, word by word. */
class RefusedSettingsTest {
  /** What a range says, and a number outside it. */
  private static final Map<String, Object> OUTSIDE =
      Map.of(
          "> 0", 0,
          ">= 0", -1,
          ">= 1", 0,
          ">= 4", 3,
          "in [0, 1)", 1.0,
          "in [0, 1]", 1.5,
          "in (0, 1]", 0.0,
          "in [-1, 0]", 0.5,
          "in [1, 100]", 101);

  /**
   * One refusal.
   *
   * @param section its name in errors
   * @param create what reads it
   * @param type of the rule or clip
   * @param required values of the keys that must be written
   * @param key of its own
   * @param value that it must refuse
   * @param message exactly, without the place
   */
  record Refusal(
      String section,
      Consumer<Options> create,
      String type,
      Map<String, Object> required,
      String key,
      Object value,
      String message) {
    @Override
    public String toString() {
      return section + " " + type + ", " + key + ": " + value;
    }
  }

  static Stream<Refusal> refusals() {
    return Stream.concat(
        Optimizers.REGISTRY.entries().stream()
            .flatMap(entry -> refusals("optimizer", Optimizers::create, entry)),
        Clips.REGISTRY.entries().stream().flatMap(entry -> refusals("clip", Clips::create, entry)));
  }

  private static Stream<Refusal> refusals(
      String section, Consumer<Options> create, Registry.Entry<?> entry) {
    List<Refusal> refusals = new ArrayList<>();
    Map<String, Object> required =
        entry.keys().stream()
            .filter(Key::isRequired)
            .collect(Collectors.toMap(Key::name, key -> 1.0));
    for (Key<?> key : entry.keys()) {
      bad(key)
          .forEach(
              (value, rule) ->
                  refusals.add(
                      new Refusal(
                          section,
                          create,
                          entry.name(),
                          required,
                          key.name(),
                          value,
                          section
                              + "."
                              + key.name()
                              + " must be "
                              + rule
                              + ", got "
                              + shown(value))));
    }
    return refusals.stream();
  }

  private static String shown(Object value) {
    return value instanceof String ? "'" + value + "'" : String.valueOf(value);
  }

  /** Values that a key must refuse, and what it must say they must be. */
  private static Map<Object, String> bad(Key<?> key) {
    String allowed = key.allowed();
    if (allowed.equals("true or false")) {
      return Map.of("maybe", allowed);
    }
    if (key.defaultValue() instanceof String) {
      return Map.of("neither", "one of " + allowed.replace(" | ", ", "));
    }
    if (allowed.startsWith("a number, ")) {
      String rule = allowed.substring("a number, ".length());
      return Map.of(outside(rule), rule, "much", "a number", Double.NaN, rule);
    }
    if (allowed.startsWith("a whole number, ")) {
      String rule = allowed.substring("a whole number, ".length());
      return Map.of(outside(rule), rule, 1.5, "a whole number");
    }
    if (allowed.startsWith("a list of ")) {
      return Map.of("one", "a list of " + (allowed.contains("number") ? "numbers" : "texts"));
    }
    assertThat(allowed)
        .as("key %s of a type that this test knows", key.name())
        .isEqualTo("a name, or a section with its type");
    return Map.of(3, allowed);
  }

  private static Object outside(String rule) {
    Object value = OUTSIDE.get(rule);
    return value == null ? fail("no number is known that is not %s", rule) : value;
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aValueOutsideItsRangeIsRefusedByText(Refusal refusal) {
    Map<String, Object> settings = new HashMap<>(refusal.required());
    settings.put("type", refusal.type());
    settings.put(refusal.key(), refusal.value());
    Options options = Options.of(refusal.section(), settings);
    assertThatThrownBy(() -> refusal.create().accept(options))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(refusal.message() + " (program)");
  }
}
