package io.lockstep.common.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.lockstep.common.config.ConfigNode.Scalar;
import io.lockstep.common.config.ConfigNode.Section;
import io.lockstep.common.config.ConfigNode.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one YAML document into nodes that know their lines. Anchors and aliases are followed; a key
 * that is written twice in a section, a second document and a syntax error are refused.
 */
final class YamlReader {
  private final String source;
  private final String[] lines;
  private final YAMLParser parser;
  private final Map<String, ConfigNode> anchors = new HashMap<>();

  private YamlReader(String yaml, String source) throws IOException {
    this.source = source;
    this.lines = yaml.split("\n", -1);
    this.parser = new YAMLFactory().createParser(yaml);
  }

  /**
   * The document's value.
   *
   * @param yaml the text
   * @param source the name of its file, for errors
   * @throws ConfigurationException where the text is no YAML document
   */
  static ConfigNode read(String yaml, String source) {
    try {
      return new YamlReader(yaml, source).document();
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(
          "this is not YAML: " + reason(e) + " (" + place(source, e.getLocation()) + ")", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of one setting on the command line: {@code 0.1}, {@code [1, 2]}, {@code {a: b}}. */
  static ConfigNode readValue(String yaml, Place place) {
    ConfigNode node = yaml.isBlank() ? new Scalar(null, place) : read(yaml, place.source());
    return ConfigNode.of(node.plain(), place);
  }

  private ConfigNode document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new ConfigurationException("the configuration is empty (" + source + ")");
    }
    ConfigNode node = node(first);
    if (parser.nextToken() != null) {
      throw new ConfigurationException(
          "one document is allowed, but a second one begins here (" + place() + ")");
    }
    return node;
  }

  private ConfigNode node(JsonToken token) throws IOException {
    if (parser.isCurrentAlias()) {
      return alias(parser.getText());
    }
    String anchor = parser.getObjectId();
    ConfigNode node =
        switch (token) {
          case START_OBJECT -> section();
          case START_ARRAY -> sequence();
          default -> scalar();
        };
    if (anchor != null) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private ConfigNode alias(String name) {
    ConfigNode node = anchors.get(name);
    if (node == null) {
      throw new ConfigurationException(
          "the alias *" + name + " names no anchor &" + name + " before it (" + place() + ")");
    }
    return node;
  }

  private Section section() throws IOException {
    Place place = place();
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Place written = place();
      ConfigNode before = entries.put(key, node(parser.nextToken()));
      if (before != null) {
        throw new ConfigurationException(
            "the key '"
                + key
                + "' is written twice, first at "
                + before.place()
                + " ("
                + written
                + ")");
      }
    }
    return new Section(entries, place);
  }

  private Sequence sequence() throws IOException {
    Place place = place();
    List<ConfigNode> values = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      values.add(node(token));
    }
    return new Sequence(values, place);
  }

  private Scalar scalar() throws IOException {
    String text = parser.getText();
    return new Scalar(isQuoted() ? text : resolve(text), place());
  }

  /** Jackson does not say how a text was quoted, so the character where it begins is looked at. */
  private boolean isQuoted() {
    JsonLocation at = parser.currentTokenLocation();
    int line = at.getLineNr() - 1;
    int column = at.getColumnNr() - 1;
    if (line < 0 || line >= lines.length || column < 0 || column >= lines[line].length()) {
      return false;
    }
    return "\"'|>".indexOf(lines[line].charAt(column)) >= 0;
  }

  private static @Nullable Object resolve(@Nullable String text) {
    return text == null ? null : Scalars.resolve(text);
  }

  private Place place() {
    return place(source, parser.currentTokenLocation());
  }

  private static Place place(String source, @Nullable JsonLocation at) {
    return new Place(source, at == null ? 0 : Math.max(0, at.getLineNr()));
  }

  /** The parser's own words without its drawing of the line. */
  private static String reason(JsonProcessingException e) {
    return e.getOriginalMessage()
        .lines()
        .filter(line -> !line.startsWith(" ") && !line.isBlank())
        .reduce((a, b) -> a + ", " + b)
        .orElse("unreadable");
  }
}
