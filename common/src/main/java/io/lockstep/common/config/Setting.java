package io.lockstep.common.config;

import io.lockstep.common.config.ConfigNode.Section;
import io.lockstep.common.config.ConfigNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way to one value of the configuration, such as {@code model.layers[0].units}: keys, and
 * numbers of list elements from 0.
 *
 * @param path as written
 * @param steps {@link String} for a key, {@link Integer} for an element
 */
record Setting(String path, List<Object> steps) {
  private static final Pattern KEY = Pattern.compile("([^\\[\\].]+)((?:\\[[0-9]{1,9}])*)");

  static Setting parse(String path) {
    List<Object> steps = new ArrayList<>();
    for (String part : path.split("\\.", -1)) {
      Matcher matcher = KEY.matcher(part);
      if (!matcher.matches()) {
        throw new ConfigurationException(
            "cannot set '"
                + path
                + "': a path is keys joined by dots, with [number] after a list, such as"
                + " model.layers[0].units");
      }
      steps.add(matcher.group(1));
      Pattern.compile("[0-9]+")
          .matcher(matcher.group(2))
          .results()
          .forEach(index -> steps.add(Integer.parseInt(index.group())));
    }
    return new Setting(path, List.copyOf(steps));
  }

  /** The section with the value put in. */
  Section put(Section section, ConfigNode value) {
    return (Section) put(section, 0, value);
  }

  private ConfigNode put(ConfigNode node, int depth, ConfigNode value) {
    if (depth == steps.size()) {
      return value;
    }
    return steps.get(depth) instanceof Integer index
        ? putElement(node, index, depth, value)
        : putKey(node, (String) steps.get(depth), depth, value);
  }

  private ConfigNode putKey(ConfigNode node, String key, int depth, ConfigNode value) {
    if (!(node instanceof Section section)) {
      throw refuse(depth, "is not a section", node);
    }
    var entries = new LinkedHashMap<>(section.entries());
    ConfigNode child = entries.getOrDefault(key, new Section(Map.of(), value.place()));
    entries.put(key, put(child, depth + 1, value));
    return new Section(entries, section.place());
  }

  private ConfigNode putElement(ConfigNode node, int index, int depth, ConfigNode value) {
    if (!(node instanceof Sequence sequence)) {
      throw refuse(depth, "is not a list", node);
    }
    if (index >= sequence.values().size()) {
      throw refuse(depth, "has " + sequence.values().size() + " elements, from 0", node);
    }
    var values = new ArrayList<>(sequence.values());
    values.set(index, put(values.get(index), depth + 1, value));
    return new Sequence(values, sequence.place());
  }

  private ConfigurationException refuse(int depth, String what, ConfigNode node) {
    StringBuilder name = new StringBuilder();
    for (Object step : steps.subList(0, depth)) {
      name.append(step instanceof Integer ? "[" + step + "]" : (name.isEmpty() ? "" : ".") + step);
    }
    return new ConfigurationException(
        "cannot set " + path + ": " + name + " " + what + " (" + node.place() + ")");
  }
}
