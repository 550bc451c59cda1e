package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** YAML as trees. */
final class Yaml {
  private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory());

  private Yaml() {}

  /** The documents of a stream of them. */
  static List<ObjectNode> documents(String text) {
    try (YAMLParser parser = new YAMLFactory().createParser(text)) {
      List<ObjectNode> documents = new ArrayList<>();
      MAPPER.<JsonNode>readValues(parser, JsonNode.class).forEachRemaining(n -> add(documents, n));
      return documents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(List<ObjectNode> documents, JsonNode node) {
    if (node instanceof ObjectNode object) {
      documents.add(object);
    }
  }

  /** The one document of a text. */
  static ObjectNode document(String text) {
    List<ObjectNode> documents = documents(text);
    if (documents.size() != 1) {
      throw new IllegalArgumentException("must be one YAML document, got " + documents.size());
    }
    return documents.get(0);
  }

  /** A tree as text. */
  static String text(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
