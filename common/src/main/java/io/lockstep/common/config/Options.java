package io.lockstep.common.config;

import io.lockstep.common.config.ConfigNode.Scalar;
import io.lockstep.common.config.ConfigNode.Section;
import io.lockstep.common.config.ConfigNode.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One section of the configuration, read by {@link Key}s. Immutable. Every error names the key with
 * its path, the rule, the value as written and the place, such as {@code optimizer.beta1 must be in
 * [0, 1), got 1.0 (experiment.yaml:14)}.
 */
public final class Options {
  private static final Options EMPTY =
      new Options("", new Section(Map.of(), new Place("defaults", 0)));

  private final String path;
  private final Section section;

  Options(String path, Section section) {
    this.path = path;
    this.section = section;
  }

  /** No keys at all. */
  public static Options empty() {
    return EMPTY;
  }

  /**
   * Options from plain Java values, as tests and programs give them.
   *
   * @param path the section's name in errors, such as {@code optimizer}
   * @param values maps, lists, numbers, texts, truth values
   */
  public static Options of(String path, Map<String, ?> values) {
    return new Options(path, (Section) ConfigNode.of(values, new Place("program", 0)));
  }

  /**
   * A section that stands in the place of this one, such as one of the layers of a block.
   *
   * @param name is put behind this section's path
   * @param values maps, lists, numbers, texts, truth values
   */
  public Options derived(String name, Map<String, ?> values) {
    return new Options(path + "." + name, (Section) ConfigNode.of(values, place()));
  }

  /** The section's path from the top, such as {@code data.train}; empty at the top. */
  public String path() {
    return path;
  }

  /** Where the section begins. */
  public Place place() {
    return section.place();
  }

  /** Whether nothing is written in the section. */
  public boolean isEmpty() {
    return section.entries().isEmpty();
  }

  /** Whether the key is written here. */
  public boolean has(Key<?> key) {
    return section.entries().containsKey(key.name());
  }

  /** The keys written here, in their order. */
  public Collection<String> names() {
    return section.entries().keySet();
  }

  /** The section as plain Java values, keys in the order written. */
  @SuppressWarnings("unchecked") // a section's plain form is a map of texts
  public Map<String, @Nullable Object> plain() {
    return (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(section.plain());
  }

  /**
   * The key's value: as written, or its default.
   *
   * @throws ConfigurationException where a required key is missing, or the value has another type
   *     or is not allowed
   */
  public <T> T get(Key<T> key) {
    T value = find(key);
    if (value == null) {
      throw new ConfigurationException(
          pathOf(key.name()) + " is missing; it must be " + key.allowed() + " (" + place() + ")");
    }
    return value;
  }

  /** As {@link #get}, null where a key without a default is not written. */
  public <T> @Nullable T find(Key<T> key) {
    ConfigNode node = section.entries().get(key.name());
    if (node == null) {
      return key.defaultValue();
    }
    @SuppressWarnings(
        "unchecked") // each type's branch returns what the factory of the key promised
    T value = (T) read(key, node);
    return value;
  }

  /**
   * Refuses every key that is not among the known ones.
   *
   * @throws ConfigurationException naming the unknown key, its place and the nearest known name
   */
  public void allowOnly(Collection<? extends Key<?>> known) {
    List<String> names = known.stream().<String>map(Key::name).toList();
    section
        .entries()
        .forEach(
            (name, node) -> {
              if (!names.contains(name)) {
                throw new ConfigurationException(
                    "unknown key '"
                        + pathOf(name)
                        + "'"
                        + Names.suggestion(name, names)
                        + " known here: "
                        + String.join(", ", names)
                        + " ("
                        + node.place()
                        + ")");
              }
            });
  }

  /** An error about a key that is written here: {@code path rule, got value (place)}. */
  public ConfigurationException error(Key<?> key, String rule) {
    ConfigNode node = section.entries().get(key.name());
    return node == null
        ? new ConfigurationException(pathOf(key.name()) + " " + rule + " (" + place() + ")")
        : refuse(key.name(), node, rule);
  }

  /** An error about the section as a whole: {@code path rule (place)}. */
  public ConfigurationException error(String rule) {
    return new ConfigurationException(
        (path.isEmpty() ? "the configuration" : path) + " " + rule + " (" + place() + ")");
  }

  /**
   * The same section with the default of every key that is not written here, in the keys' order
   * behind what is written. Left out are keys without a default, empty sections and lists, and
   * defaults that only stand for "not written", being outside the key's own range.
   */
  public Options filled(Collection<? extends Key<?>> keys) {
    var entries = new java.util.LinkedHashMap<>(section.entries());
    for (Key<?> key : keys) {
      key.writtenDefault()
          .ifPresent(value -> entries.putIfAbsent(key.name(), ConfigNode.of(value, place())));
    }
    return new Options(path, new Section(entries, section.place()));
  }

  /** The same section with a key's value replaced, at the place of the value before, or added. */
  public <T> Options with(Key<T> key, T value) {
    var entries = new java.util.LinkedHashMap<>(section.entries());
    ConfigNode before = entries.get(key.name());
    ConfigNode node =
        value instanceof Options inner
            ? inner.section
            : ConfigNode.of(value, before == null ? place() : before.place());
    entries.put(key.name(), node);
    return new Options(path, new Section(entries, section.place()));
  }

  /** The same section without a key. */
  public Options without(String name) {
    var entries = new java.util.LinkedHashMap<>(section.entries());
    entries.remove(name);
    return new Options(path, new Section(entries, section.place()));
  }

  /** The same section with what another one holds and this one does not, at the other's places. */
  public Options over(Options below) {
    var entries = new java.util.LinkedHashMap<>(section.entries());
    below.section.entries().forEach(entries::putIfAbsent);
    return new Options(path, new Section(entries, section.place()));
  }

  /** The same section with some keys first, in their order. */
  public Options ordered(Collection<? extends Key<?>> first) {
    var entries = new java.util.LinkedHashMap<String, ConfigNode>();
    for (Key<?> key : first) {
      ConfigNode node = section.entries().get(key.name());
      if (node != null) {
        entries.put(key.name(), node);
      }
    }
    section.entries().forEach(entries::putIfAbsent);
    return new Options(path, new Section(entries, section.place()));
  }

  Section section() {
    return section;
  }

  /**
   * The same options with one value replaced or added, sections made on the way.
   *
   * @param dotted the value's path, such as {@code train.epochs} or {@code model.layers[0].units}
   * @param value the new value, with its place
   * @throws ConfigurationException where the path leads through something that is no section, or to
   *     an element that a list does not have
   */
  Options with(String dotted, ConfigNode value) {
    return new Options(path, Setting.parse(dotted).put(section, value));
  }

  /** The same options without one key of one of their sections. */
  Options withoutIn(String sectionName, String key) {
    if (!(section.entries().get(sectionName) instanceof Section inner)) {
      return this;
    }
    var entries = new java.util.LinkedHashMap<>(section.entries());
    entries.put(sectionName, new Options("", inner).without(key).section);
    return new Options(path, new Section(entries, section.place()));
  }

  private Object read(Key<?> key, ConfigNode node) {
    return switch (key.type()) {
      case NUMBER -> number(key, key.name(), node);
      case INTEGER -> (int) whole(key, key.name(), node, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case LONG -> whole(key, key.name(), node, Long.MIN_VALUE, Long.MAX_VALUE);
      case FLAG -> flag(key, node);
      case TEXT, CHOICE, PATH -> text(key, key.name(), node);
      case DURATION -> duration(key, node);
      case SECTION -> section(key.name(), node);
      case NAMED -> named(key.name(), node);
      case SECTIONS -> elements(key, node, this::section);
      case NAMED_SECTIONS -> elements(key, node, this::named);
      case INTEGERS ->
          elements(
              key,
              node,
              (name, element) ->
                  (int) whole(key, name, element, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case NUMBERS -> elements(key, node, (name, element) -> number(key, name, element));
      case TEXTS -> elements(key, node, (name, element) -> text(key, name, element));
      case TEXT_OR_TEXTS ->
          node instanceof Scalar
              ? List.of(text(key, key.name(), node))
              : elements(key, node, (name, element) -> text(key, name, element));
      case ANY -> any(key, node);
    };
  }

  private Object any(Key<?> key, ConfigNode node) {
    Object value = node.plain();
    if (value == null) {
      throw refuse(key.name(), node, "must have a value");
    }
    return value;
  }

  private double number(Key<?> key, String name, ConfigNode node) {
    if (!(node instanceof Scalar scalar && scalar.value() instanceof Number number)) {
      throw refuse(name, node, "must be a number");
    }
    double value = number.doubleValue();
    if (!key.range().contains(value)) {
      throw refuse(name, node, key.range().rule());
    }
    return value;
  }

  private long whole(Key<?> key, String name, ConfigNode node, long least, long most) {
    if (!(node instanceof Scalar scalar
        && (scalar.value() instanceof Integer || scalar.value() instanceof Long))) {
      throw refuse(name, node, "must be a whole number");
    }
    long value = ((Number) scalar.value()).longValue();
    if (!key.range().contains((double) value)) {
      throw refuse(name, node, key.range().rule());
    }
    if (value < least || value > most) {
      throw refuse(name, node, "must be a whole number from " + least + " to " + most);
    }
    return value;
  }

  private boolean flag(Key<?> key, ConfigNode node) {
    if (node instanceof Scalar scalar && scalar.value() instanceof Boolean value) {
      return value;
    }
    throw refuse(key.name(), node, "must be true or false");
  }

  private String text(Key<?> key, String name, ConfigNode node) {
    if (!(node instanceof Scalar scalar) || scalar.value() == null) {
      throw refuse(name, node, "must be text");
    }
    String value = String.valueOf(scalar.value());
    if (!key.choices().isEmpty() && !key.choices().contains(value)) {
      throw new ConfigurationException(
          pathOf(name)
              + " must be one of "
              + String.join(", ", key.choices())
              + ", got '"
              + value
              + "'"
              + Names.nearest(value, key.choices())
                  .map(near -> ", did you mean '" + near + "'?")
                  .orElse("")
              + " ("
              + node.place()
              + ")");
    }
    return value;
  }

  private Duration duration(Key<?> key, ConfigNode node) {
    return Durations.parse(String.valueOf(node.plain()))
        .orElseThrow(() -> refuse(key.name(), node, "must be " + key.type().description));
  }

  private Options section(String name, ConfigNode node) {
    if (node instanceof Section inner) {
      return new Options(pathOf(name), inner);
    }
    throw refuse(name, node, "must be " + Key.Type.SECTION.description);
  }

  private Options named(String name, ConfigNode node) {
    if (node instanceof Scalar scalar && scalar.value() instanceof String) {
      return new Options(
          pathOf(name), new Section(Map.of(Registry.TYPE.name(), node), node.place()));
    }
    if (node instanceof Section inner) {
      return new Options(pathOf(name), inner);
    }
    throw refuse(name, node, "must be " + Key.Type.NAMED.description);
  }

  private interface Reader {
    Object read(String name, ConfigNode element);
  }

  private List<Object> elements(Key<?> key, ConfigNode node, Reader reader) {
    if (!(node instanceof Sequence sequence)) {
      throw refuse(key.name(), node, "must be " + key.type().description);
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < sequence.values().size(); i++) {
      values.add(reader.read(key.name() + "[" + i + "]", sequence.values().get(i)));
    }
    return List.copyOf(values);
  }

  private ConfigurationException refuse(String name, ConfigNode node, String rule) {
    return new ConfigurationException(
        pathOf(name) + " " + rule + ", got " + show(node) + " (" + node.place() + ")");
  }

  private static String show(ConfigNode node) {
    Object value = node.plain();
    return value instanceof String ? "'" + value + "'" : String.valueOf(value);
  }

  private String pathOf(String name) {
    return Stream.of(path, name)
        .filter(part -> !part.isEmpty())
        .collect(java.util.stream.Collectors.joining("."));
  }

  @Override
  public String toString() {
    return String.valueOf(section.plain());
  }
}
