package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;

/** Requests and limits: memory is what is requested, for the kernel takes back what is over it. */
final class Sizes {
  private Sizes() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    for (Pod pod : overlay.pods()) {
      for (JsonNode container : pod.containers()) {
        JsonNode resources = container.path("resources");
        boolean complete = true;
        for (String kind : List.of("requests", "limits")) {
          for (String resource : List.of("cpu", "memory")) {
            if (resources.path(kind).path(resource).isMissingNode()) {
              findings.add(pod.where() + ": resources." + kind + "." + resource + " is missing");
              complete = false;
            }
          }
        }
        if (complete) {
          compare(pod, resources, findings);
          heap(pod, container, findings);
        }
      }
      for (JsonNode volume : pod.spec().path("volumes")) {
        boolean ours = volume.path("name").asText().equals("scratch");
        if (ours && volume.at("/emptyDir/sizeLimit").isMissingNode()) {
          findings.add(pod.where() + ": scratch must have a sizeLimit, or it may fill its node");
        }
      }
    }
    return findings;
  }

  private static void compare(Pod pod, JsonNode resources, List<String> findings) {
    JsonNode requests = resources.path("requests");
    JsonNode limits = resources.path("limits");
    if (bytes(requests.path("memory")) != bytes(limits.path("memory"))) {
      findings.add(
          pod.where()
              + ": memory must be requested as it is limited, got "
              + requests.path("memory")
              + " and "
              + limits.path("memory"));
    }
    if (bytes(requests.path("cpu")) > bytes(limits.path("cpu"))) {
      findings.add(pod.where() + ": more cpu is requested than its limit allows");
    }
  }

  /** The heap that the container's program is given, and room beside it for what is outside. */
  private static void heap(Pod pod, JsonNode container, List<String> findings) {
    String heap = "";
    List<String> arguments = Pod.items(container.path("args")).map(JsonNode::asText).toList();
    int memory = arguments.indexOf("--driver-memory");
    if (memory >= 0) {
      heap = arguments.get(memory + 1);
    }
    for (JsonNode variable : container.path("env")) {
      String name = variable.path("name").asText();
      if (name.equals("LOCKSTEP_HEAP") || name.equals("SPARK_EXECUTOR_MEMORY")) {
        heap = variable.path("value").asText();
      }
    }
    double limit = bytes(container.at("/resources/limits/memory"));
    // Java's units are powers of two.
    double given =
        heap.isEmpty() ? 0 : amount(heap.replace("m", "Mi").replace("g", "Gi").replace("k", "Ki"));
    if (given > 0.8 * limit) {
      findings.add(
          pod.where()
              + ": a heap of "
              + heap
              + " leaves less than a fifth of the container's memory for what is outside of it");
    }
  }

  private static double bytes(JsonNode quantity) {
    return amount(quantity.asText());
  }

  private static double amount(String quantity) {
    return Quantity.getAmountInBytes(new Quantity(quantity)).doubleValue();
  }
}
