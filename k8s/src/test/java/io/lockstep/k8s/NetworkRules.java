package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Network policies: each pod is shut in both directions, and what is opened again leads to the
 * run's pods, to the cluster's names, for the driver alone to the API server, and where the run is
 * in an object store to that. From outside, a scraper alone is let in, to the figures alone.
 */
final class NetworkRules {
  private static final Set<String> NAMES = Set.of("53");
  private static final Set<String> API_SERVER = Set.of("443", "6443");

  /** The ports, by their names, at which pods show figures. */
  private static final Set<String> FIGURES = Set.of("spark-ui", "metrics");

  private final List<Pod> pods;
  private final ObjectStore store;
  private final List<String> findings = new ArrayList<>();

  private NetworkRules(List<Pod> pods, ObjectStore store) {
    this.pods = pods;
    this.store = store;
  }

  static List<String> findings(Overlay overlay) {
    NetworkRules rules = new NetworkRules(overlay.pods(), ObjectStore.of(overlay));
    List<ObjectNode> policies = overlay.all("NetworkPolicy");
    for (Pod pod : rules.pods) {
      for (String direction : List.of("Ingress", "Egress")) {
        if (policies.stream().noneMatch(p -> shuts(p, direction, pod))) {
          rules.findings.add(pod.where() + ": no policy shuts it for " + direction);
        }
      }
    }
    policies.forEach(rules::policy);
    rules.reach(policies);
    return rules.findings;
  }

  private static boolean shuts(ObjectNode policy, String direction, Pod pod) {
    return Pod.items(policy.at("/spec/policyTypes")).anyMatch(t -> t.asText().equals(direction))
        && Labels.matches(policy.at("/spec/podSelector"), pod);
  }

  private void policy(ObjectNode policy) {
    String where = Overlay.describe(policy);
    for (JsonNode rule : policy.at("/spec/ingress")) {
      if (rule.path("from").isEmpty()) {
        findings.add(where + ": lets everybody in");
      }
      if (rule.path("ports").isEmpty()) {
        rule.path("from").forEach(peer -> ours(where, peer));
      } else {
        figures(where, policy, rule);
      }
    }
    for (JsonNode rule : policy.at("/spec/egress")) {
      Set<String> ports = ports(rule);
      if (rule.path("to").isEmpty()) {
        boolean server = ports.equals(API_SERVER) && chosen(policy).equals(Set.of("driver"));
        if (!server && !(store.isUsed() && ports.equals(Set.of(store.port())))) {
          findings.add(
              where
                  + ": may open every address to the driver alone, for the API server's ports "
                  + API_SERVER
                  + (store.isUsed() ? ", or for the object store's port " + store.port() : "")
                  + ", opens "
                  + ports
                  + " to "
                  + chosen(policy));
        }
      } else if (ports.equals(NAMES)) {
        rule.path("to").forEach(peer -> names(where, peer));
      } else {
        rule.path("to").forEach(peer -> ours(where, peer));
      }
    }
  }

  /** A peer must be pods of the run, in the policy's own namespace. */
  private void ours(String where, JsonNode peer) {
    JsonNode labels = peer.at("/podSelector/matchLabels");
    boolean ours =
        peer.size() == 1
            && labels.path("app.kubernetes.io/name").asText().equals("lockstep")
            && pods.stream().anyMatch(p -> Labels.matches(peer.path("podSelector"), p));
    if (!ours) {
      findings.add(where + ": opens to others than the run's pods: " + peer);
    }
  }

  /** Who is let in to single ports must be named, and the ports must be those of figures. */
  private void figures(String where, ObjectNode policy, JsonNode rule) {
    Set<String> ports = ports(rule);
    if (!FIGURES.containsAll(ports)) {
      findings.add(where + ": may open the ports of figures, " + FIGURES + ", opens " + ports);
    }
    for (JsonNode peer : rule.path("from")) {
      boolean named =
          !peer.at("/namespaceSelector/matchLabels").isEmpty()
              && !peer.at("/podSelector/matchLabels").isEmpty();
      if (!named) {
        findings.add(where + ": must say by labels who is let in, of which namespace, got " + peer);
      }
    }
    pods.stream()
        .filter(pod -> Labels.matches(policy.at("/spec/podSelector"), pod))
        .filter(pod -> pod.ports().keySet().stream().noneMatch(ports::contains))
        .forEach(pod -> findings.add(where + ": opens to nothing on " + pod.where()));
  }

  private void names(String where, JsonNode peer) {
    JsonNode namespace = peer.at("/namespaceSelector/matchLabels/kubernetes.io~1metadata.name");
    JsonNode pods = peer.at("/podSelector/matchLabels/k8s-app");
    if (!namespace.asText().equals("kube-system") || !pods.asText().equals("kube-dns")) {
      findings.add(where + ": port 53 must lead to the cluster's names, leads to " + peer);
    }
  }

  /** Executors and servers reach the driver, and it them, on every port: theirs are free ones. */
  private void reach(List<ObjectNode> policies) {
    for (Pod from : pods) {
      for (Pod to : pods) {
        if (policies.stream().noneMatch(p -> opens(p, "ingress", "from", to, from))) {
          findings.add(to.where() + ": cannot be reached by " + from.where());
        }
        if (policies.stream().noneMatch(p -> opens(p, "egress", "to", from, to))) {
          findings.add(from.where() + ": cannot reach " + to.where());
        }
      }
    }
  }

  private static boolean opens(
      ObjectNode policy, String direction, String side, Pod subject, Pod peer) {
    return Labels.matches(policy.at("/spec/podSelector"), subject)
        && Pod.items(policy.at("/spec/" + direction))
            .filter(rule -> rule.path("ports").isEmpty())
            .flatMap(rule -> Pod.items(rule.path(side)))
            .anyMatch(
                p ->
                    p.has("podSelector")
                        && !p.has("namespaceSelector")
                        && Labels.matches(p.path("podSelector"), peer));
  }

  private Set<String> chosen(ObjectNode policy) {
    Set<String> chosen = new TreeSet<>();
    pods.stream()
        .filter(p -> Labels.matches(policy.at("/spec/podSelector"), p))
        .forEach(p -> chosen.add(p.component()));
    return chosen;
  }

  private static Set<String> ports(JsonNode rule) {
    Set<String> ports = new TreeSet<>();
    rule.path("ports").forEach(p -> ports.add(p.path("port").asText()));
    return ports;
  }
}
