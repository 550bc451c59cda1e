package io.lockstep.deploy.bench.rules;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdateRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rule with its settings, and the bytes that an update by it must move a parameter: the gradient
 * is read, the parameter and every state array are read and written. A rule with rounds reads more
 * than once; what its later passes move is counted here too, as {@link #laterPasses}.
 *
 * @param name as in the table
 * @param options the section {@code optimizer}
 * @param stateArrays arrays as long as the parameters
 * @param laterPasses bytes a parameter of the passes after the first
 * @param isComputeBound whether arithmetic, not memory, is the limit
 */
public record RuleWork(
    String name,
    Map<String, Object> options,
    int stateArrays,
    int laterPasses,
    boolean isComputeBound) {

  private static final TensorSpec MATRIX =
      new TensorSpec("hidden.W", List.of(1024, 1024), Role.WEIGHT);

  /** Settings beside the defaults that are common, and cost more or less. */
  private static final Map<String, Map<String, Object>> VARIANTS = new LinkedHashMap<>();

  static {
    VARIANTS.put("sgd momentum", Map.of("type", "sgd", "momentum", 0.9));
    VARIANTS.put("adamw amsgrad", Map.of("type", "adamw", "amsgrad", true));
    VARIANTS.put(
        "rmsprop centered momentum", Map.of("type", "rmsprop", "centered", true, "momentum", 0.9));
  }

  /** Every rule of the registry with its defaults, and some with other settings. */
  public static List<RuleWork> all() {
    List<RuleWork> all = new ArrayList<>();
    for (Registry.Entry<UpdateRule> entry : Optimizers.REGISTRY.entries()) {
      all.add(of(entry.name(), Map.of("type", entry.name())));
      VARIANTS.forEach(
          (name, options) -> {
            if (entry.name().equals(options.get("type"))) {
              all.add(of(name, options));
            }
          });
    }
    return List.copyOf(all);
  }

  /** The work of a name of {@link #all}. */
  public static RuleWork named(String name) {
    return all().stream()
        .filter(work -> work.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no rule to measure is named " + name));
  }

  private static RuleWork of(String name, Map<String, Object> options) {
    UpdateRule rule = Optimizers.create(Options.of("optimizer", options));
    return new RuleWork(
        name,
        options,
        RuleUpdate.stateArrays(rule, MATRIX),
        rule.laterPassBytes(),
        rule.whole(MATRIX));
  }

  /** Bytes that an update moves a parameter. */
  public int bytes() {
    return PlainPass.bytes(stateArrays + 1) + laterPasses;
  }
}
