package io.lockstep.common.optim;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings under which the contract tests run every rule: those chosen here, and the defaults
 * of a rule that is not among them.
 */
final class Variants {
  /**
   * One rule with settings.
   *
   * @param options the section, {@code type} included
   * @param rate at which it must converge on a quadratic when the rate falls to zero
   */
  record Variant(Map<String, Object> options, double rate) {
    String type() {
      return String.valueOf(options.get("type"));
    }

    UpdateRule rule() {
      return Optimizers.create(Options.of("optimizer", options));
    }

    /** The same with one value replaced or added. */
    Variant with(String key, Object value) {
      var changed = new TreeMap<>(options);
      changed.put(key, value);
      return new Variant(changed, rate);
    }

    boolean isAllowed() {
      try {
        rule();
        return true;
      } catch (ConfigurationException e) {
        return false;
      }
    }

    /** The rule without any decay, where zero gradients must move nothing. */
    UpdateRule withoutDecay() {
      Options options = Options.of("optimizer", this.options);
      boolean decays =
          Optimizers.REGISTRY.entry(options).keys().stream()
              .anyMatch(key -> key.name().equals("weightDecay"));
      var plain = new java.util.LinkedHashMap<>(this.options);
      if (decays) {
        plain.put("weightDecay", 0.0);
      }
      return Optimizers.create(Options.of("optimizer", plain));
    }

    @Override
    public String toString() {
      return options.toString();
    }
  }

  /** Settings that matter together, with their rates. */
  private static final List<Variant> CHOSEN =
      List.of(
          new Variant(Map.of("type", "sgd"), 0.3),
          new Variant(Map.of("type", "sgd", "weightDecay", 1e-4), 0.3),
          new Variant(Map.of("type", "sgd", "decoupledDecay", true, "weightDecay", 1e-4), 0.3),
          new Variant(Map.of("type", "sgd", "momentum", 0.9, "dampening", 0.1), 0.1),
          new Variant(Map.of("type", "sgd", "momentum", 0.9, "nesterov", true), 0.1),
          new Variant(Map.of("type", "adam"), 0.1),
          new Variant(Map.of("type", "adam", "weightDecay", 1e-4, "amsgrad", true), 0.1),
          new Variant(Map.of("type", "adamw", "weightDecay", 1e-4), 0.1),
          new Variant(Map.of("type", "adamw", "weightDecay", 1e-4, "amsgrad", true), 0.1),
          new Variant(Map.of("type", "momentum"), 0.3),
          new Variant(Map.of("type", "adagrad", "initialAccumulator", 0.1), 1),
          new Variant(Map.of("type", "adagrad", "epsilonInsideRoot", true), 1),
          new Variant(Map.of("type", "adadelta", "epsilon", 1e-3), 1),
          new Variant(Map.of("type", "rmsprop"), 0.1),
          new Variant(Map.of("type", "rmsprop", "centered", true, "momentum", 0.5), 0.03),
          new Variant(Map.of("type", "nadam"), 0.1),
          new Variant(Map.of("type", "adamax"), 0.1),
          new Variant(Map.of("type", "radam"), 0.1),
          new Variant(Map.of("type", "adabelief", "weightDecay", 1e-4), 0.1),
          new Variant(Map.of("type", "nadam", "decoupledDecay", true, "weightDecay", 1e-4), 0.1),
          new Variant(Map.of("type", "radam", "decoupledDecay", true, "weightDecay", 1e-4), 0.1),
          new Variant(Map.of("type", "lion", "weightDecay", 1e-4), 0.05),
          new Variant(Map.of("type", "adafactor", "weightDecay", 1e-6), 0.1),
          new Variant(
              Map.of("type", "adafactor", "epsilonAdded", true, "epsilon1", 1e-30, "beta1", 0.9),
              0.1),
          new Variant(Map.of("type", "adafactor", "minimumFactoredDimension", 16), 0.1),
          new Variant(Map.of("type", "lars", "trustCoefficient", 0.1, "weightDecay", 1e-4), 0.3),
          new Variant(
              Map.of("type", "lars", "momentum", 0, "exclude", List.of("weight", "bias", "norm")),
              0.3),
          new Variant(Map.of("type", "lamb", "weightDecay", 1e-4), 0.1),
          new Variant(
              Map.of(
                  "type",
                  "lamb",
                  "weightDecay",
                  1e-4,
                  "exclude",
                  List.of(),
                  "trustBounds",
                  List.of(0.01, 10),
                  "biasCorrection",
                  false,
                  "preNormalize",
                  true),
              0.1),
          new Variant(
              Map.of(
                  "type",
                  "muon",
                  "weightDecay",
                  1e-4,
                  "others",
                  Map.of("type", "adamw", "weightDecay", 0)),
              0.1),
          new Variant(
              Map.of(
                  "type",
                  "muon",
                  "nesterov",
                  false,
                  "weightDecay",
                  1e-4,
                  "adjustLearningRate",
                  "match-rms-adamw",
                  "others",
                  Map.of("type", "lamb", "weightDecay", 1e-4, "preNormalize", true)),
              0.1),
          new Variant(Map.of("type", "schedule-free-sgd"), 0.3),
          new Variant(
              Map.of("type", "schedule-free-sgd", "beta", 0.5, "stepPower", 1, "ratePower", 1),
              0.3),
          new Variant(Map.of("type", "schedule-free-adamw", "weightDecay", 1e-4), 0.1));

  /** The rate of a rule for which none is chosen. */
  private static final double USUAL_RATE = 0.1;

  /** Those, and each of them with every other truth value and choice, one at a time. */
  static final List<Variant> ALL =
      Stream.concat(CHOSEN.stream(), notChosen())
          .flatMap(v -> Stream.concat(Stream.of(v), varied(v)))
          .distinct()
          .toList();

  private Variants() {}

  private static Stream<Variant> notChosen() {
    return Optimizers.ALL.stream()
        .map(Optimizer::name)
        .filter(name -> CHOSEN.stream().noneMatch(variant -> variant.type().equals(name)))
        .map(name -> new Variant(Map.of("type", name), USUAL_RATE));
  }

  /** What can be made of a variant by changing one flag or choice, as far as the rule allows it. */
  private static Stream<Variant> varied(Variant variant) {
    return entry(variant.type()).keys().stream()
        .flatMap(key -> values(key).map(value -> variant.with(key.name(), value)))
        .filter(Variant::isAllowed);
  }

  static Registry.Entry<UpdateRule> entry(String type) {
    return Optimizers.REGISTRY.entry(Options.of("optimizer", Map.of("type", type)));
  }

  /** The values of a flag or choice; none for keys of other types. */
  static Stream<Object> values(Key<?> key) {
    if (key.defaultValue() instanceof Boolean) {
      return Stream.of(true, false);
    }
    return key.defaultValue() instanceof String
        ? Pattern.compile(" | ", Pattern.LITERAL).splitAsStream(key.allowed()).map(value -> value)
        : Stream.of();
  }
}
