package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a configuration may say about an update rule, and what it is told otherwise. */
class OptimizersTest {
  private static final TensorSpec MATRIX = new TensorSpec("w", List.of(2, 3), Role.WEIGHT);

  private static UpdateRule create(String type, Map<String, Object> settings) {
    var options = new LinkedHashMap<String, Object>();
    options.put("type", type);
    options.putAll(settings);
    return Optimizers.create(Options.of("optimizer", options));
  }

  static List<Arguments> refused() {
    return List.of(
        refused("sgd", "momentum", 1.0, "optimizer.momentum must be in [0, 1), got 1.0"),
        refused("sgd", "dampening", 1.5, "optimizer.dampening must be in [0, 1], got 1.5"),
        refused("sgd", "weightDecay", -0.1, "optimizer.weightDecay must be >= 0, got -0.1"),
        refused("sgd", "weightDecay", Double.NaN, "optimizer.weightDecay must be >= 0, got NaN"),
        refused(
            "sgd",
            "nesterov",
            true,
            "optimizer.nesterov needs momentum above 0 and dampening 0, got true"),
        refused("sgd", "nesterov", "yes", "optimizer.nesterov must be true or false, got 'yes'"),
        refused("adam", "beta1", 1.0, "optimizer.beta1 must be in [0, 1), got 1.0"),
        refused("adam", "beta2", -0.5, "optimizer.beta2 must be in [0, 1), got -0.5"),
        refused("adam", "epsilon", 0, "optimizer.epsilon must be > 0, got 0"),
        refused("adamw", "epsilon", "small", "optimizer.epsilon must be a number, got 'small'"),
        refused(
            "nadam",
            "decayTimes",
            "schedule",
            "optimizer.decayTimes needs decoupledDecay: true, got 'schedule'"),
        refused("lars", "nesterov", "no", "optimizer.nesterov must be true or false, got 'no'"),
        refused(
            "lamb",
            "trustBounds",
            List.of(2, 1),
            "optimizer.trustBounds must be [] or [low, high] with low <= high, got [2, 1]"),
        refused(
            "lamb",
            "trustBounds",
            List.of(2),
            "optimizer.trustBounds must be [] or [low, high] with low <= high, got [2]"),
        refused(
            "lamb", "trustBounds", List.of(-1, 1), "optimizer.trustBounds[0] must be >= 0, got -1"),
        refused(
            "lamb",
            "exclude",
            List.of("bais"),
            "optimizer.exclude[0] must be one of weight, bias, norm, got 'bais', did you mean"
                + " 'bias'?"));
  }

  private static Arguments refused(String type, String key, Object value, String message) {
    return Arguments.of(type, key, value, message + " (program)");
  }

  @ParameterizedTest
  @MethodSource("refused")
  void badHyperparametersAreRefusedByText(String type, String key, Object value, String message) {
    assertThatThrownBy(() -> create(type, Map.of(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }

  @Test
  void unknownRulesAndKeysAreRefusedByText() {
    assertThatThrownBy(() -> create("adamv", Map.of()))
        .hasMessageStartingWith("unknown optimizer 'adamv', did you mean 'adam'? known: sgd, ");
    assertThatThrownBy(() -> create("sgd", Map.of("nestrov", true)))
        .hasMessage(
            "unknown key 'optimizer.nestrov', did you mean 'nesterov'? known here: type, momentum,"
                + " dampening, nesterov, rateInsideVelocity, weightDecay, decoupledDecay, decayTimes,"
                + " exclude, learningRate (program)");
  }

  @Test
  void theRateMayStandBesideTheRulesKeys() {
    assertThat(create("adam", Map.of("learningRate", 0.1)).stateNames(MATRIX))
        .containsExactly("m", "v");
  }

  @Test
  void rulesKeepNoMoreStateThanTheirSettingsNeed() {
    assertThat(create("sgd", Map.of()).stateNames(MATRIX)).isEmpty();
    assertThat(create("sgd", Map.of("momentum", 0.9)).stateNames(MATRIX)).containsExactly("v");
    assertThat(create("adamw", Map.of()).stateNames(MATRIX)).containsExactly("m", "v");
    assertThat(create("adamw", Map.of("amsgrad", true)).stateNames(MATRIX))
        .containsExactly("m", "v", "vMax");
    assertThat(create("lamb", Map.of()).stateNames(MATRIX)).containsExactly("m", "v");
  }
}
