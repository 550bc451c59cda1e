package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * A pod of the run.
 *
 * @param where whose it is, as errors name it
 */
record Pod(String where, JsonNode metadata, JsonNode spec) {
  /** The part of the run that it is: driver, executor or server. */
  String component() {
    return metadata.path("labels").path("app.kubernetes.io/component").asText();
  }

  Map<String, String> labels() {
    return Labels.of(metadata.path("labels"));
  }

  /** Its containers, those that run before it included. */
  List<JsonNode> containers() {
    return java.util.stream.Stream.of("initContainers", "containers")
        .flatMap(name -> items(spec.path(name)))
        .toList();
  }

  /** Its ports by name. */
  Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (JsonNode container : containers()) {
      items(container.path("ports"))
          .forEach(p -> ports.put(p.path("name").asText(), p.path("containerPort").asInt()));
    }
    return ports;
  }

  static java.util.stream.Stream<JsonNode> items(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }
}
