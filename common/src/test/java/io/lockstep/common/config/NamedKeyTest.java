package io.lockstep.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class NamedKeyTest {
  private static final Key<Options> ACTIVATION = Key.named("activation", "identity", "f");

  @Test
  void aNameAloneIsASectionWithThatType() {
    Options read = Options.of("layer", Map.of("activation", "relu")).get(ACTIVATION);
    assertThat(read.plain()).isEqualTo(Map.of("type", "relu"));
    assertThat(read.path()).isEqualTo("layer.activation");
  }

  @Test
  void aSectionStaysAsItIs() {
    Map<String, String> gelu = Map.of("type", "gelu", "approximate", "tanh");
    assertThat(Options.of("layer", Map.of("activation", gelu)).get(ACTIVATION).plain())
        .isEqualTo(gelu);
  }

  @Test
  void nothingWrittenIsTheDefaultOrNothing() {
    assertThat(Options.empty().get(ACTIVATION).plain()).isEqualTo(Map.of("type", "identity"));
    assertThat(Options.empty().get(Key.named("initializer", "", "i")).isEmpty()).isTrue();
  }

  @Test
  void anythingElseIsRefusedWithItsValue() {
    assertThatThrownBy(() -> Options.of("layer", Map.of("activation", 3)).get(ACTIVATION))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("layer.activation must be a name, or a section with its type, got 3 (program)");
  }
}
