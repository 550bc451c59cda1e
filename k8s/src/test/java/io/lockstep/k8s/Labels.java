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
   * @param selector with matchLabels; an empty one chooses all
   */
  static boolean matches(JsonNode selector, Pod pod) {
    if (selector.has("matchExpressions")) {
      throw new IllegalArgumentException("selectors here are by matchLabels: " + selector);
    }
    return pod.labels().entrySet().containsAll(of(selector.path("matchLabels")).entrySet());
  }
}
