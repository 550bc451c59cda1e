package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Labels and the selectors that choose by them. */
final class Labels {
  private Labels() {}

  static Map<String, String> of(JsonNode labels) {
    Map<String, String> map = new LinkedHashMap<>();
    labels.properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
    return map;
  }

  /**
   * Whether a plain selector, as a Service has, chooses a pod.
   *
   * @param selector label to value; an empty one chooses nothing, as for a Service
   */
  static boolean chooses(JsonNode selector, Pod pod) {
    return !selector.isEmpty()
        && pod.labels().entrySet().containsAll(Labels.of(selector).entrySet());
  }

  /**
   * Whether the selector of a policy or a budget chooses a pod.
   *
   * @param selector with matchLabels, and matchExpressions of the operator In; an empty one chooses
   *     all
   */
  static boolean matches(JsonNode selector, Pod pod) {
    return pod.labels().entrySet().containsAll(of(selector.path("matchLabels")).entrySet())
        && Pod.items(selector.path("matchExpressions")).allMatch(e -> isIn(e, pod));
  }

  private static boolean isIn(JsonNode expression, Pod pod) {
    if (!expression.path("operator").asText().equals("In")) {
      throw new IllegalArgumentException("expressions here are of the operator In: " + expression);
    }
    String label = pod.labels().getOrDefault(expression.path("key").asText(), "");
    return Pod.items(expression.path("values")).anyMatch(value -> value.asText().equals(label));
  }
}
