package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Selectors against labels. An object that is called lockstep-COMPONENT must choose that component
 * and no other, so that a selector which is too wide is found as one that is too narrow.
 */
final class Selectors {
  /** The components that show figures. */
  private static final Set<String> SHOWING = Set.of("driver", "server");

  private Selectors() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    List<Pod> pods = overlay.pods();
    for (ObjectNode service : overlay.all("Service")) {
      JsonNode selector = service.at("/spec/selector");
      check(service, pods, p -> Labels.chooses(selector, p), findings);
    }
    for (String kind : List.of("NetworkPolicy", "PodDisruptionBudget", "StatefulSet")) {
      for (ObjectNode object : overlay.all(kind)) {
        JsonNode selector =
            object.at(kind.equals("NetworkPolicy") ? "/spec/podSelector" : "/spec/selector");
        check(object, pods, p -> Labels.matches(selector, p), findings);
      }
    }
    for (ObjectNode set : overlay.all("StatefulSet")) {
      JsonNode template = set.at("/spec/template/metadata/labels");
      JsonNode selector = set.at("/spec/selector/matchLabels");
      if (!Labels.of(template).equals(Labels.of(selector))) {
        findings.add(
            Overlay.describe(set)
                + ": its selector must be the labels of its pods, "
                + template
                + ", got "
                + selector);
      }
    }
    for (Pod pod : pods) {
      if (!Set.of("driver", "executor", "server").contains(pod.component())) {
        findings.add(
            pod.where()
                + ": the label app.kubernetes.io/component must be driver, executor or server, got '"
                + pod.component()
                + "'");
      }
    }
    return findings;
  }

  private static boolean isMeant(String name, String component) {
    return name.startsWith("lockstep-" + component)
        || name.startsWith("lockstep-run")
        || (name.equals("lockstep-metrics") && SHOWING.contains(component));
  }

  private static void check(
      ObjectNode object, List<Pod> pods, Predicate<Pod> chosen, List<String> findings) {
    Set<String> components = new TreeSet<>();
    pods.stream().filter(chosen).forEach(p -> components.add(p.component()));
    Set<String> meant = new TreeSet<>();
    String name = Overlay.name(object);
    pods.stream().map(Pod::component).filter(c -> isMeant(name, c)).forEach(meant::add);
    if (!components.equals(meant) || meant.isEmpty()) {
      findings.add(
          Overlay.describe(object) + ": must choose the pods " + meant + ", chooses " + components);
    }
  }
}
