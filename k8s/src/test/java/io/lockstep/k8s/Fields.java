package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Strict types: an object is read into fabric8's model and written again. A field that the model
 * does not know lands in its additional properties; a value of another type (a number in quotes)
 * comes out in another form. A SparkApplication is held against its published schema, and its pod
 * templates, which that schema leaves open, against the model.
 */
final class Fields {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private Fields() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    for (ObjectNode object : overlay.objects()) {
      String where = Overlay.describe(object);
      if (Overlay.kind(object).equals("SparkApplication")) {
        SparkApplicationSchema.findings(object).forEach(f -> findings.add(where + ": " + f));
        for (String part : List.of("driver", "executor")) {
          JsonNode template = object.path("spec").path(part).path("template");
          findings.addAll(typed(where + ", " + part + ".template", asPod(template)));
        }
      } else {
        findings.addAll(typed(where, object));
      }
    }
    overlay
        .find("ConfigMap", "lockstep-spark")
        .ifPresent(
            map ->
                findings.addAll(
                    typed("executor.yaml", Yaml.document(map.at("/data/executor.yaml").asText()))));
    return findings;
  }

  private static ObjectNode asPod(JsonNode template) {
    ObjectNode pod = JsonNodeFactory.instance.objectNode();
    pod.put("apiVersion", "v1").put("kind", "Pod");
    pod.setAll((ObjectNode) template.deepCopy());
    return pod;
  }

  private static List<String> typed(String where, ObjectNode object) {
    Object model;
    try {
      model = SERIALIZATION.unmarshal(object.toString());
    } catch (RuntimeException e) {
      return List.of(where + ": " + cause(e).getMessage());
    }
    if (!model.getClass().getName().startsWith("io.fabric8.kubernetes.api.model.")
        || model instanceof io.fabric8.kubernetes.api.model.GenericKubernetesResource) {
      return List.of(
          where
              + ": nothing is known as "
              + object.path("apiVersion").asText()
              + " "
              + Overlay.kind(object));
    }
    List<String> findings = new ArrayList<>();
    Models.visit(
        (KubernetesResource) model,
        (path, part) ->
            Models.unknown(part).forEach(f -> findings.add(where + path + ": unknown field " + f)));
    if (findings.isEmpty()) {
      JsonNode written = Yaml.document(SERIALIZATION.asYaml(model));
      compare(where, object, written, findings);
    }
    return findings;
  }

  /** What was written must come back as it was. */
  private static void compare(
      String where, JsonNode given, JsonNode written, List<String> findings) {
    if (given.isObject() && written.isObject()) {
      for (Map.Entry<String, JsonNode> field : given.properties()) {
        compare(
            where + "." + field.getKey(), field.getValue(), written.path(field.getKey()), findings);
      }
    } else if (given.isArray() && written.isArray() && given.size() == written.size()) {
      for (int i = 0; i < given.size(); i++) {
        compare(where + "[" + i + "]", given.get(i), written.get(i), findings);
      }
    } else if (!given.equals(written) && !(given.isEmpty() && written.isMissingNode())) {
      findings.add(where + ": must be read as it is written, got " + given + " as " + written);
    }
  }

  private static Throwable cause(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
