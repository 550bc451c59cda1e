package io.lockstep.common.optim;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Names;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tensor follows which rule, settings and rate: the section {@code optimizer} with its
 * groups.
 *
 * <pre>
 * optimizer:
 *   type: adamw
 *   learningRate: 0.001
 *   weightDecay: 0.01
 *   groups:
 *     - {roles: [bias, norm], weightDecay: 0}
 *     - {tensors: ["embedding.*"], type: sgd, momentum: 0.9, rateFactor: 0.1}
 * </pre>
 *
 * <ul>
 *   <li>A tensor belongs to the first group that matches it, by a pattern of {@code tensors} and,
 *       where both are written, also by {@code roles}; a tensor in no group follows the section.
 *   <li>A group without a {@code type}, or with the section's, has the section's settings but for
 *       those that it names; with another type it begins with that rule's defaults.
 *   <li>{@code rateFactor} multiplies the rate of every step. Tensors of a group with factor 0 are
 *       frozen: they stay as they are, without decay, and have no state; their gradients are
 *       computed all the same and count in the clip's norm.
 *   <li>Every group has a rule of its own: a rule's sums over all tensors ({@link Totals#all}) are
 *       over the group's, as with {@code optax.multi_transform}; a clip's are over the model's.
 *   <li>Running statistics belong to no group and follow no rule, {@code rateFactor: 0} included: a
 *       pattern does not see them.
 * </ul>
 */
public final class ParameterGroups {
  /** The groups, a key of the section {@code optimizer}. */
  public static final Key<List<Options>> GROUPS =
      Key.sections(
          "groups",
          "tensors with settings of their own, beside the rule's keys those below; the first group"
              + " that matches a tensor wins, the section is for the rest");

  /** Tensors by name. */
  static final Key<List<String>> TENSORS =
      Key.texts(
          "tensors",
          List.of(),
          List.of(),
          "names of its tensors, * for any characters and ? for one, such as \"*.b\"");

  /** Tensors by role. */
  static final Key<List<String>> ROLES =
      Key.texts(
          "roles",
          List.of(),
          WeightDecay.ROLES,
          "roles of its tensors; with tensors, both must match");

  /** The group's rate over the run's. */
  static final Key<Double> RATE_FACTOR =
      Key.number(
          "rateFactor",
          1,
          Range.NOT_NEGATIVE,
          "the group's learning rate over the run's; 0 leaves its tensors as they are");

  /** The keys of a group beside {@code type} and its rule's. */
  public static final List<Key<?>> KEYS = List.of(TENSORS, ROLES, RATE_FACTOR);

  /** Tensors that an error names before it only counts them. */
  private static final int NAMED_TENSORS = 20;

  /**
   * One group, or the tensors in none.
   *
   * @param name where its settings are, such as {@code optimizer.groups[0]}
   * @param settings type and keys of its rule, inherited ones included
   * @param rateFactor its rate over the run's
   * @param rule what updates its tensors
   * @param tensors of the group, in the model's order
   */
  public record Group(
      String name, Options settings, double rateFactor, UpdateRule rule, List<TensorSpec> tensors) {
    /** What {@link #name} is for the group of the running statistics. */
    static final String STATISTICS = "none";

    /** Whether its tensors are running statistics, which follow no settings of the section. */
    public boolean isStatistics() {
      return rule instanceof RunningStatistics;
    }

    /** Whether its tensors stay as they are. */
    public boolean isFrozen() {
      return rateFactor == 0;
    }

    /**
     * The settings that one of its tensors follows: the group's, or those of a section in them
     * where the rule leaves the tensor to another one, as muon does.
     */
    public Options settings(TensorSpec tensor) {
      if (isFrozen() || isStatistics() || rule.ruleOf(tensor) == rule) {
        return settings;
      }
      return Optimizers.REGISTRY.entry(settings).keys().stream()
          .map(settings::find)
          .filter(value -> value instanceof Options inner && !inner.isEmpty())
          .map(Options.class::cast)
          .findFirst()
          .orElse(settings);
    }

    /** What {@code weightDecay} is for a tensor; 0 where it has none. */
    public double weightDecay(TensorSpec tensor) {
      if (isStatistics()) {
        return 0;
      }
      Options followed = settings(tensor);
      double decay = 0;
      for (Key<?> key : Optimizers.REGISTRY.entry(followed).keys()) {
        Object value = followed.find(key);
        if (key.name().equals(WeightDecay.EXCLUDE.name())
            && value instanceof List<?> roles
            && roles.contains(tensor.role().key())) {
          return 0;
        }
        if (key.name().equals(WeightDecay.L2.name()) && value instanceof Double number) {
          decay = number;
        }
      }
      return isFrozen() ? 0 : decay;
    }
  }

  private final List<Group> groups;
  private final Map<String, Group> byTensor = new HashMap<>();

  private ParameterGroups(List<Group> groups) {
    this.groups = List.copyOf(groups);
    for (Group group : groups) {
      group.tensors().forEach(tensor -> byTensor.put(tensor.name(), group));
    }
  }

  /**
   * Reads the section.
   *
   * @param section {@code optimizer}, which may also hold the rate
   * @param tensors of the model
   * @throws ConfigurationException for an unknown type or key, a refused value, a group or pattern
   *     that matches nothing
   */
  public static ParameterGroups of(Options section, List<TensorSpec> tensors) {
    UpdateRule ownRule =
        Optimizers.REGISTRY.create(section, RunConfiguration.LEARNING_RATE, GROUPS);
    List<TensorSpec> trained = tensors.stream().filter(TensorSpec::isTrained).toList();
    List<TensorSpec> statistics = tensors.stream().filter(TensorSpec::isStatistics).toList();
    List<TensorSpec> rest = new ArrayList<>(trained);
    List<Group> groups = new ArrayList<>();
    for (Options written : section.get(GROUPS)) {
      Options settings = settings(section, written);
      UpdateRule rule = rule(written, settings);
      refuseStatisticsAlone(written, trained, statistics);
      List<TensorSpec> matched = matched(written, trained);
      List<TensorSpec> own = matched.stream().filter(rest::contains).toList();
      if (own.isEmpty()) {
        throw written.error(
            "matches only tensors that earlier groups have, "
                + shown(matched)
                + "; the first group that matches a tensor wins");
      }
      rest.removeAll(own);
      groups.add(new Group(written.path(), settings, settings.get(RATE_FACTOR), rule, own));
    }
    groups.add(new Group(section.path(), ungrouped(section), 1, ownRule, List.copyOf(rest)));
    List<TensorSpec> frozen = tensors.stream().filter(t -> t.role() == Role.FROZEN).toList();
    if (!frozen.isEmpty()) {
      groups.add(new Group("model.layers", ungrouped(section), 0, new Frozen(), frozen));
    }
    if (!statistics.isEmpty()) {
      Options none = Options.of(Group.STATISTICS, Map.of());
      groups.add(new Group(Group.STATISTICS, none, 1, new RunningStatistics(), statistics));
    }
    return new ParameterGroups(groups);
  }

  /** The section with all defaults, each group with its type and all settings. */
  static Options resolve(Options section) {
    Options resolved = Optimizers.REGISTRY.resolve(section).without(GROUPS.name());
    List<Options> groups =
        section.get(GROUPS).stream().map(group -> resolved(settings(section, group))).toList();
    return groups.isEmpty() ? resolved : resolved.with(GROUPS, groups);
  }

  private static Options resolved(Options settings) {
    List<Key<?>> keys = new ArrayList<>(KEYS);
    keys.add(Registry.TYPE);
    keys.addAll(Optimizers.REGISTRY.entry(settings).keys());
    return settings.filled(keys).ordered(keys);
  }

  /**
   * The groups in their order, behind them the tensors in none, which may be none, and where the
   * model has running statistics these.
   */
  public List<Group> groups() {
    return groups;
  }

  /** What updates all tensors: without groups the section's rule itself. */
  public UpdateRule rule() {
    return groups.size() == 1 ? groups.get(0).rule() : new GroupedRule(this);
  }

  /** The group of one of the model's tensors. */
  public Group groupOf(TensorSpec tensor) {
    return Objects.requireNonNull(byTensor.get(tensor.name()), tensor.name());
  }

  private static UpdateRule rule(Options written, Options settings) {
    if (written.has(RunConfiguration.LEARNING_RATE)) {
      throw written.error(
          RunConfiguration.LEARNING_RATE,
          "cannot be a group's: write a rateFactor, which multiplies the section's");
    }
    UpdateRule rule = Optimizers.REGISTRY.create(settings, KEYS.toArray(Key<?>[]::new));
    return settings.get(RATE_FACTOR) == 0 ? new Frozen() : rule;
  }

  /** What is written in the group, over the section where both have one type. */
  private static Options settings(Options section, Options group) {
    boolean inherits =
        !group.has(Registry.TYPE) || group.get(Registry.TYPE).equals(section.get(Registry.TYPE));
    return inherits ? group.over(ungrouped(section)) : group;
  }

  private static Options ungrouped(Options section) {
    return section.without(GROUPS.name()).without(RunConfiguration.LEARNING_RATE.name());
  }

  private static List<TensorSpec> matched(Options group, List<TensorSpec> tensors) {
    List<String> roles = group.get(ROLES);
    List<Pattern> patterns =
        group.get(TENSORS).stream().map(text -> pattern(group, text, tensors)).toList();
    if (roles.isEmpty() && patterns.isEmpty()) {
      throw group.error("must say which tensors are its own, by tensors, roles or both");
    }
    List<TensorSpec> matched =
        tensors.stream()
            .filter(tensor -> roles.isEmpty() || roles.contains(tensor.role().key()))
            .filter(tensor -> patterns.isEmpty() || matchesAny(patterns, tensor))
            .toList();
    if (matched.isEmpty()) {
      throw group.error("matches no tensor; there are " + shown(tensors));
    }
    return matched;
  }

  private static boolean matchesAny(List<Pattern> patterns, TensorSpec tensor) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(tensor.name()).matches());
  }

  private static Pattern pattern(Options group, String text, List<TensorSpec> tensors) {
    Pattern pattern = compiled(text);
    if (tensors.stream().noneMatch(tensor -> matchesAny(List.of(pattern), tensor))) {
      List<String> names = tensors.stream().map(TensorSpec::name).toList();
      throw group.error(
          "has the pattern '"
              + text
              + "', which matches no tensor"
              + Names.suggestion(text, names)
              + " there are "
              + shown(tensors));
    }
    return pattern;
  }

  private static Pattern compiled(String text) {
    return Pattern.compile(
        text.chars()
            .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
            .collect(Collectors.joining()));
  }

  private static void refuseStatisticsAlone(
      Options group, List<TensorSpec> trained, List<TensorSpec> statistics) {
    for (String text : group.get(TENSORS)) {
      List<Pattern> pattern = List.of(compiled(text));
      if (trained.stream().noneMatch(tensor -> matchesAny(pattern, tensor))
          && statistics.stream().anyMatch(tensor -> matchesAny(pattern, tensor))) {
        throw group.error(
            "has the pattern '"
                + text
                + "', which matches running statistics alone: they follow no group; leave it out");
      }
    }
  }

  private static String shown(List<TensorSpec> tensors) {
    String first =
        tensors.stream()
            .limit(NAMED_TENSORS)
            .map(tensor -> tensor.name() + " (" + tensor.role().key() + ")")
            .collect(Collectors.joining(", "));
    int more = tensors.size() - NAMED_TENSORS;
    return more > 0 ? first + " and " + more + " more" : first;
  }
}
