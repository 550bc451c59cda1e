package io.lockstep.common.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
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
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads one YAML document into nodes that know their lines. Anchors and aliases are followed; a key
 * that is written twice in a section, a second document and a syntax error are refused.
 */
final class YamlReader {
  private final String source;
  private final EventParser parser;
  private final Map<String, ConfigNode> anchors = new HashMap<>();

  private YamlReader(String yaml, String source) throws IOException {
    this.source = source;
    this.parser = EventParser.of(yaml);
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
          "this is not YAML: " + reason(e) + " (" + new Place(source, line(e)) + ")", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of one setting on the command line: {@code 0.1}, {@code [1, 2]}, {@code {a: b}}. */
  static ConfigNode readValue(String yaml, Place place) {
    if (yaml.isBlank()) {
      return new Scalar(null, place);
    }
    try {
      return ConfigNode.of(new YamlReader(yaml, place.source()).document().plain(), place);
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(
          "this is not YAML: " + reason(e) + ", got '" + yaml + "' (" + place + ")", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ConfigNode document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new ConfigurationException("the configuration is empty (" + source + ")");
    }
    ConfigNode node = node(first, place());
    if (parser.nextToken() != null) {
      throw new ConfigurationException(
          "one document is allowed, but a second one begins here (" + place() + ")");
    }
    return node;
  }

  /**
   * The value that begins with the token.
   *
   * @param place where a section or a list counts as written: the line of its key
   */
  private ConfigNode node(JsonToken token, Place place) throws IOException {
    if (parser.isCurrentAlias()) {
      return alias(parser.getText());
    }
    String anchor = parser.anchor();
    ConfigNode node =
        switch (token) {
          case START_OBJECT -> section(place);
          case START_ARRAY -> sequence(place);
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

  private Section section(Place place) throws IOException {
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Place written = place();
      ConfigNode before = entries.get(key);
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
      entries.put(key, node(parser.nextToken(), written));
    }
    return new Section(entries, place);
  }

  private Sequence sequence(Place place) throws IOException {
    List<ConfigNode> values = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      values.add(node(token, place()));
    }
    return new Sequence(values, place);
  }

  private Scalar scalar() throws IOException {
    String text = parser.getText();
    return new Scalar(parser.isPlain() ? Scalars.resolve(text) : text, place());
  }

  private Place place() {
    return new Place(source, parser.currentTokenLocation().getLineNr());
  }

  /** The parser's own words, without its drawing of the line. */
  private static String reason(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked) {
      return Stream.of(marked.getContext(), marked.getProblem())
          .filter(Objects::nonNull)
          .map(String::strip)
          .collect(Collectors.joining(", "));
    }
    return e.getOriginalMessage().lines().findFirst().orElse("unreadable");
  }

  private static int line(JsonProcessingException e) {
    if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      return marked.getProblemMark().getLine() + 1;
    }
    JsonLocation location = e.getLocation();
    return location == null ? 0 : location.getLineNr();
  }
}
