package io.lockstep.worker.engine.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActivationsTest {
  @Test
  void aLayerNamesItsActivationByNameOrSectionOrNotAtAll() {
    assertThat(of(Map.of())).isEqualTo(new Identity());
    assertThat(of(Map.of("activation", "relu"))).isEqualTo(new Relu());
    assertThat(of(Map.of("activation", Map.of("type", "leaky-relu", "alpha", 0.2))))
        .isEqualTo(new LeakyRelu(0.2));
    assertThat(of(Map.of("activation", Map.of("type", "gelu", "approximate", "tanh"))))
        .isEqualTo(new GeluTanh());
  }

  @Test
  void everyEntryKeepsItsName() {
    for (var entry : Activations.REGISTRY.entries()) {
      assertThat(of(Map.of("activation", entry.name())).name()).isEqualTo(entry.name());
    }
  }

  @Test
  void aMisspelledNameIsRefusedWithTheNearest() {
    assertThatThrownBy(() -> of(Map.of("activation", "rellu")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "unknown activation 'rellu', did you mean 'relu'? known: step, identity");
  }

  @Test
  void aSlopeThatIsNoneIsRefused() {
    assertThatThrownBy(() -> of(Map.of("activation", Map.of("type", "leaky-relu", "alpha", 1))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("layer.activation.alpha must be in (0, 1), got 1 (program)");
  }

  @Test
  void onlyRectifiersAskForTheGainOfHe() {
    assertThat(
            Activations.REGISTRY.entries().stream()
                .filter(e -> of(Map.of("activation", e.name())).rectifier())
                .map(e -> e.name()))
        .containsExactly("relu", "leaky-relu", "prelu");
  }

  private static Activation of(Map<String, ?> layer) {
    return Activations.of(Options.of("layer", layer));
  }
}
