package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockstep.common.config.RunConfiguration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What is applied to a cluster at once.
 *
 * @param objects in kustomize's order
 */
record Overlay(String name, List<ObjectNode> objects) {
  Overlay {
    objects = List.copyOf(objects);
  }

  /** A copy that may be changed. */
  Overlay copy() {
    return new Overlay(name, objects.stream().map(ObjectNode::deepCopy).toList());
  }

  /** The same with other objects too. */
  Overlay with(List<ObjectNode> others) {
    return new Overlay(name, Stream.concat(objects.stream(), others.stream()).toList());
  }

  /** The same without the objects of a kind. */
  Overlay without(String kind) {
    return new Overlay(name, objects.stream().filter(o -> !kind(o).equals(kind)).toList());
  }

  /** All objects of a kind. */
  List<ObjectNode> all(String kind) {
    return objects.stream().filter(o -> kind(o).equals(kind)).toList();
  }

  /** The object of a kind with a name, if there is one. */
  Optional<ObjectNode> find(String kind, String name) {
    return all(kind).stream().filter(o -> name(o).equals(name)).findFirst();
  }

  /** The object of a kind with a name. */
  ObjectNode object(String kind, String name) {
    return find(kind, name)
        .orElseThrow(() -> new IllegalStateException(this.name + " has no " + kind + " " + name));
  }

  /** A file in a ConfigMap. */
  String file(String configMap, String key) {
    return object("ConfigMap", configMap).path("data").path(key).asText();
  }

  /** Changes a file in a ConfigMap. */
  void file(String configMap, String key, String text) {
    ((ObjectNode) object("ConfigMap", configMap).get("data")).put(key, text);
  }

  /** The run that the overlay starts; throws where its configuration is wrong. */
  RunConfiguration run() {
    return RunConfiguration.parse(file("lockstep-run", "run.yaml"), name + "/run.yaml");
  }

  /** The run directory, as the driver is given it; empty where it is given none. */
  String runDirectory() {
    for (ObjectNode object : objects) {
      String place =
          switch (kind(object)) {
            case "Job" -> "/spec/template/spec/containers/0/args";
            case "SparkApplication" -> "/spec/arguments";
            default -> "/none";
          };
      List<String> arguments = Pod.items(object.at(place)).map(JsonNode::asText).toList();
      int option = arguments.indexOf("--run-dir");
      if (option >= 0 && option + 1 < arguments.size()) {
        return arguments.get(option + 1);
      }
    }
    return "";
  }

  /** The settings in {@code spark.conf}. */
  Map<String, String> sparkConf() {
    Properties properties = new Properties();
    try {
      properties.load(new java.io.StringReader(file("lockstep-spark", "spark.conf")));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Map<String, String> settings = new LinkedHashMap<>();
    properties.forEach((key, value) -> settings.put((String) key, ((String) value).trim()));
    return settings;
  }

  /** The pods that the cluster's own controllers make of it. */
  List<Pod> controlledPods() {
    List<Pod> pods = new ArrayList<>();
    for (ObjectNode object : objects) {
      if (kind(object).equals("Job") || kind(object).equals("StatefulSet")) {
        JsonNode template = object.path("spec").path("template");
        pods.add(new Pod(describe(object), template.path("metadata"), template.path("spec")));
      }
    }
    return pods;
  }

  /** Every pod of the run: the controllers', and those that Spark makes. */
  List<Pod> pods() {
    return Stream.concat(controlledPods().stream(), SparkPods.of(this).stream()).toList();
  }

  static String kind(JsonNode object) {
    return object.path("kind").asText();
  }

  static String name(JsonNode object) {
    return object.path("metadata").path("name").asText();
  }

  static String describe(JsonNode object) {
    return kind(object) + " " + name(object);
  }
}
