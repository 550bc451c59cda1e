package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/** The published schema of a SparkApplication, and no field beside it. */
final class SparkApplicationSchema {
  private static final JsonSchema SCHEMA = read();

  private SparkApplicationSchema() {}

  static List<String> findings(ObjectNode application) {
    if (!application.path("apiVersion").asText().equals("sparkoperator.k8s.io/v1beta2")) {
      return List.of("apiVersion must be sparkoperator.k8s.io/v1beta2");
    }
    return SCHEMA.validate(application).stream().map(ValidationMessage::getMessage).toList();
  }

  private static JsonSchema read() {
    try (InputStream file =
        Objects.requireNonNull(
            SparkApplicationSchema.class.getResourceAsStream("sparkapplications.yaml.gz"))) {
      String text = new String(new GZIPInputStream(file).readAllBytes(), StandardCharsets.UTF_8);
      for (JsonNode version : Yaml.document(text).at("/spec/versions")) {
        if (version.path("name").asText().equals("v1beta2")) {
          JsonNode schema = version.at("/schema/openAPIV3Schema");
          close(schema);
          return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
        }
      }
      throw new IllegalStateException("the definition has no version v1beta2");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Refuses fields that a schema does not name; the API server drops them, unless it says that they
   * are to be kept.
   */
  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")
        && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      object.put("additionalProperties", false);
    }
    schema.forEach(SparkApplicationSchema::close);
  }
}
