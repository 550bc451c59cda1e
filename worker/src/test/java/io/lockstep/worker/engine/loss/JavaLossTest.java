package io.lockstep.worker.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.nd4j.Cauchy;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JavaLossTest {
  @Test
  void aClassIsMadeWithItsSettings() {
    Loss loss = create(Map.of("class", Cubed.class.getName(), "settings", Map.of("factor", 2.0)));
    assertThat(((ElementLoss) loss).loss(3, 1, 0)).isEqualTo(16);
    assertThat(create(Map.of("class", Cauchy.class.getName()))).isInstanceOf(Cauchy.class);
  }

  @Test
  void itsOwnSettingsAreCheckedByTheClass() {
    assertThatThrownBy(
            () ->
                create(Map.of("class", Cubed.class.getName(), "settings", Map.of("factor", -1.0))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("loss.settings.factor must be > 0, got -1.0 (program)");
  }

  @Test
  void aClassThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> create(Map.of("class", "com.example.MyLos")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "loss.class must be a class that can be loaded; put its jar into LOCKSTEP_JARS, or"
                + " compile it again if this is another version's, got 'com.example.MyLos'"
                + " (program): java.lang.ClassNotFoundException: com.example.MyLos");
  }

  @Test
  void aClassThatIsNoLossIsRefused() {
    assertThatThrownBy(() -> create(Map.of("class", "java.lang.String")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "loss.class must be a public class that implements"
                + " io.lockstep.worker.engine.loss.Loss, such as by ElementLoss, ExampleLoss or"
                + " SameDiffLoss, got 'java.lang.String' (program)");
  }

  /** A loss that nobody else can make. */
  public static final class Hidden implements ElementLoss {
    private Hidden() {}

    @Override
    public String name() {
      return "hidden";
    }

    @Override
    public double loss(double prediction, double label, int output) {
      return 0;
    }

    @Override
    public double slope(double prediction, double label, int output) {
      return 0;
    }
  }

  @Test
  void aClassWithoutAPublicConstructorIsRefused() {
    assertThatThrownBy(() -> create(Map.of("class", Hidden.class.getName())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "loss.class must have a public constructor that takes nothing, or Options, got '");
  }

  @Test
  void settingsOfAClassThatTakesNoneAreRefused() {
    assertThatThrownBy(
            () -> create(Map.of("class", Cauchy.class.getName(), "settings", Map.of("scale", 1.0))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "loss.settings needs a public constructor of"
                + " io.lockstep.worker.engine.nd4j.Cauchy that takes Options, got ");
  }

  private static Loss create(Map<String, Object> settings) {
    Map<String, Object> section = new java.util.TreeMap<>(settings);
    section.put("type", "java");
    return Losses.REGISTRY.create(Options.of("loss", section));
  }
}
