package io.lockstep.common.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value of the configuration with the place where it was written. */
sealed interface ConfigNode {
  /** Where the value was written. */
  Place place();

  /** A number, text, truth value or nothing. */
  record Scalar(@Nullable Object value, Place place) implements ConfigNode {}

  /** Keys in the order written; not to be modified. */
  record Section(Map<String, ConfigNode> entries, Place place) implements ConfigNode {}

  /** Values in the order written; not to be modified. */
  record Sequence(List<ConfigNode> values, Place place) implements ConfigNode {}

  /** The value as plain Java: map, list, number, text, truth value or null. */
  default @Nullable Object plain() {
    if (this instanceof Section section) {
      var map = new java.util.LinkedHashMap<String, @Nullable Object>();
      section.entries().forEach((key, node) -> map.put(key, node.plain()));
      return map;
    }
    if (this instanceof Sequence sequence) {
      var list = new java.util.ArrayList<@Nullable Object>();
      sequence.values().forEach(node -> list.add(node.plain()));
      return list;
    }
    return ((Scalar) this).value();
  }

  /** Wraps plain Java values, all at one place; options among them keep theirs. */
  static ConfigNode of(@Nullable Object value, Place place) {
    if (value instanceof Options options) {
      return options.section();
    }
    if (value instanceof Map<?, ?> map) {
      var entries = new java.util.LinkedHashMap<String, ConfigNode>();
      map.forEach((key, child) -> entries.put(String.valueOf(key), of(child, place)));
      return new Section(entries, place);
    }
    if (value instanceof List<?> list) {
      var values = new java.util.ArrayList<ConfigNode>();
      list.forEach(child -> values.add(of(child, place)));
      return new Sequence(values, place);
    }
    return new Scalar(value, place);
  }
}
