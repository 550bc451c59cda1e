package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Names of other objects. */
final class References {
  /** Secrets that whoever deploys makes by a command of k8s/README.md, and their keys. */
  static final Set<String> SECRETS =
      Set.of("lockstep-secret/secret", "lockstep-store/access-key", "lockstep-store/secret-key");

  /** What Spark makes itself. */
  private static final String SPARKS_OWN = "spark-.*|lockstep-train-.*";

  /** deploy/examples in the image. */
  private static final String IN_THE_IMAGE = "/opt/lockstep/examples/";

  private final Overlay overlay;
  private final List<String> findings = new ArrayList<>();

  private References(Overlay overlay) {
    this.overlay = overlay;
  }

  static List<String> findings(Overlay overlay) {
    References references = new References(overlay);
    overlay.pods().forEach(references::pod);
    overlay.all("RoleBinding").forEach(references::binding);
    overlay.all("StatefulSet").forEach(references::statefulSet);
    references.namespaces();
    references.data(Yaml.document(overlay.file("lockstep-run", "run.yaml")).path("data"));
    return references.findings;
  }

  private void pod(Pod pod) {
    must(pod.where(), "ServiceAccount", pod.spec().path("serviceAccountName").asText("default"));
    for (JsonNode volume : pod.spec().path("volumes")) {
      if (volume.has("persistentVolumeClaim")) {
        String claim = volume.at("/persistentVolumeClaim/claimName").asText();
        must(pod.where(), "PersistentVolumeClaim", claim);
      }
      String map = volume.at("/configMap/name").asText();
      if (volume.has("configMap") && !map.matches(SPARKS_OWN)) {
        must(pod.where(), "ConfigMap", map);
      }
    }
    for (JsonNode container : pod.containers()) {
      for (JsonNode variable : container.path("env")) {
        JsonNode secret = variable.at("/valueFrom/secretKeyRef");
        String name = secret.path("name").asText() + "/" + secret.path("key").asText();
        if (!secret.isMissingNode() && !SECRETS.contains(name)) {
          findings.add(pod.where() + ": nobody makes the Secret " + name);
        }
      }
      Pod.items(container.path("args")).forEach(a -> mountedFile(pod, container, a.asText()));
    }
  }

  /** An argument that is a file of ours must be a key of the ConfigMap that is mounted there. */
  private void mountedFile(Pod pod, JsonNode container, String argument) {
    if (!argument.startsWith("/etc/lockstep/")) {
      return;
    }
    int slash = argument.lastIndexOf('/');
    String folder = argument.substring(0, slash);
    String file = argument.substring(slash + 1);
    for (JsonNode mount : container.path("volumeMounts")) {
      for (JsonNode volume : pod.spec().path("volumes")) {
        if (mount.path("mountPath").asText().equals(folder)
            && mount.path("name").equals(volume.path("name"))) {
          String map = volume.at("/configMap/name").asText();
          if (overlay.find("ConfigMap", map).isPresent() && !overlay.file(map, file).isEmpty()) {
            return;
          }
        }
      }
    }
    findings.add(pod.where() + ": no mounted ConfigMap holds " + argument);
  }

  /** A local file of data must be in the image, or in a volume. */
  private void data(JsonNode part) {
    part.forEach(this::data);
    String path = part.asText();
    if (part.isTextual() && path.startsWith("/") && !isThere(path)) {
      findings.add("run.yaml: data " + path + " is neither in the image nor in a volume");
    }
  }

  private boolean isThere(String path) {
    if (path.startsWith(IN_THE_IMAGE)) {
      String file = path.substring(IN_THE_IMAGE.length());
      return Files.exists(Overlays.folder().resolve("../deploy/examples").resolve(file));
    }
    return overlay.pods().stream()
        .flatMap(pod -> pod.containers().stream())
        .filter(container -> container.has("volumeMounts"))
        .allMatch(
            container ->
                Pod.items(container.path("volumeMounts"))
                    .anyMatch(m -> path.startsWith(m.path("mountPath").asText() + "/")));
  }

  private void binding(ObjectNode binding) {
    String where = Overlay.describe(binding);
    must(where, binding.at("/roleRef/kind").asText(), binding.at("/roleRef/name").asText());
    for (JsonNode subject : binding.path("subjects")) {
      must(where, subject.path("kind").asText(), subject.path("name").asText());
      if (!subject.path("namespace").equals(binding.at("/metadata/namespace"))) {
        findings.add(where + ": its subject must be of its own namespace, got " + subject);
      }
    }
  }

  private void statefulSet(ObjectNode set) {
    String service = set.at("/spec/serviceName").asText();
    must(Overlay.describe(set), "Service", service);
    overlay
        .find("Service", service)
        .filter(s -> !s.at("/spec/clusterIP").asText().equals("None"))
        .ifPresent(s -> findings.add(Overlay.describe(s) + ": must be headless: clusterIP: None"));
  }

  /** Everything in the one namespace that is made. */
  private void namespaces() {
    for (ObjectNode object : overlay.objects()) {
      if (!Overlay.kind(object).equals("Namespace")) {
        must(Overlay.describe(object), "Namespace", object.at("/metadata/namespace").asText());
      }
    }
  }

  private void must(String where, String kind, String name) {
    if (overlay.find(kind, name).isEmpty()) {
      findings.add(where + ": there is no " + kind + " " + name);
    }
  }
}
