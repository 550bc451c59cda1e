package io.lockstep.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Named things: found by type, refused with the nearest name. */
class RegistryTest {
  private static final Key<Integer> WIDTH = Key.integer("width", 1, Range.closed(1, 9), "how wide");
  private static final Key<Integer> SHARED = Key.integer("shared", 0, Range.FINITE, "another's");
  private static final Registry<String> SHAPES =
      Registry.of(
          "shape",
          List.of(
              new Registry.Entry<>(
                  "square", "As wide as high.", List.of(WIDTH), o -> "square " + o.get(WIDTH)),
              new Registry.Entry<>("circle", "Round.", List.of(), o -> "circle")));

  private static Options options(Map<String, ?> values) {
    return Options.of("shape", values);
  }

  @Test
  void theTypeChoosesAndTheOtherKeysAreTheEntrys() {
    assertThat(SHAPES.create(options(Map.of("type", "square", "width", 3)))).isEqualTo("square 3");
    assertThat(SHAPES.create(options(Map.of("type", "circle", "shared", 1)), SHARED))
        .isEqualTo("circle");
    assertThat(SHAPES.entries())
        .extracting(Registry.Entry::name)
        .containsExactly("square", "circle");
    assertThat(SHAPES.kind()).isEqualTo("shape");
  }

  @Test
  void whatIsNotKnownIsRefusedByText() {
    assertThatThrownBy(() -> SHAPES.create(options(Map.of("type", "sqare"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "unknown shape 'sqare', did you mean 'square'? known: square, circle (program)");
    assertThatThrownBy(() -> SHAPES.create(options(Map.of("type", "pyramid"))))
        .hasMessage("unknown shape 'pyramid'; known: square, circle (program)");
    assertThatThrownBy(() -> SHAPES.create(options(Map.of())))
        .hasMessage("shape.type is missing; it must be text (program)");
    assertThatThrownBy(() -> SHAPES.create(options(Map.of("type", "circle", "width", 3))))
        .hasMessage("unknown key 'shape.width'; known here: type (program)");
    assertThatThrownBy(() -> SHAPES.create(options(Map.of("type", "square", "width", 10))))
        .hasMessage("shape.width must be in [1, 9], got 10 (program)");
  }

  @Test
  void twoEntriesOfOneNameAreRefused() {
    Registry.Entry<String> entry = new Registry.Entry<>("a", "A.", List.of(), o -> "a");
    assertThatThrownBy(() -> Registry.of("letter", List.of(entry, entry)))
        .hasMessage("two letter entries are named a");
  }

  @Test
  void namesAreNearWhenTheyAreASlipApart() {
    List<String> known = List.of("leaky-relu", "relu", "gelu");
    assertThat(Names.nearest("leakyRelu", known)).contains("leaky-relu");
    assertThat(Names.nearest("LEAKY_RELU", known)).contains("leaky-relu");
    assertThat(Names.nearest("rleu", known)).contains("relu");
    assertThat(Names.nearest("hyperbolic", known)).isEmpty();
  }
}
