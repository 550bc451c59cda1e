package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The restricted profile of Kubernetes' Pod Security Standards, and what we ask beyond it: a
 * read-only root, the image's user, a token for nobody but the driver.
 */
final class Security {
  /** The user of the image. */
  private static final int USER = 10001;

  private static final Set<String> VOLUMES =
      Set.of("configMap", "emptyDir", "persistentVolumeClaim", "secret", "projected");

  private final Pod pod;
  private final List<String> findings;

  private Security(Pod pod, List<String> findings) {
    this.pod = pod;
    this.findings = findings;
  }

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    for (Pod pod : overlay.pods()) {
      new Security(pod, findings).check();
    }
    JsonNode namespace = overlay.object("Namespace", "lockstep");
    String enforced = namespace.at("/metadata/labels/pod-security.kubernetes.io~1enforce").asText();
    if (!enforced.equals("restricted")) {
      findings.add(
          "Namespace lockstep: must enforce the restricted profile, got '" + enforced + "'");
    }
    return findings;
  }

  private void check() {
    JsonNode spec = pod.spec();
    must(spec, "/securityContext/runAsNonRoot", "true");
    must(spec, "/securityContext/runAsUser", USER + "");
    must(spec, "/securityContext/runAsGroup", USER + "");
    must(spec, "/securityContext/fsGroup", USER + "");
    must(spec, "/securityContext/seccompProfile/type", "RuntimeDefault");
    must(spec, "/enableServiceLinks", "false");
    must(spec, "/automountServiceAccountToken", pod.component().equals("driver") + "");
    for (String shared : List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace")) {
      if (spec.path(shared).asBoolean()) {
        findings.add(pod.where() + ": " + shared + " must not be set");
      }
    }
    for (JsonNode container : pod.containers()) {
      must(container, "/securityContext/allowPrivilegeEscalation", "false");
      must(container, "/securityContext/readOnlyRootFilesystem", "true");
      must(container, "/securityContext/capabilities/drop/0", "ALL");
      for (String field : List.of("privileged", "runAsUser", "runAsNonRoot", "seccompProfile")) {
        if (container.path("securityContext").has(field)) {
          findings.add(pod.where() + ": " + field + " is the pod's to say, not the container's");
        }
      }
      if (!container.at("/securityContext/capabilities/add").isMissingNode()) {
        findings.add(pod.where() + ": no capability may be added");
      }
      for (JsonNode port : container.path("ports")) {
        if (port.has("hostPort")) {
          findings.add(pod.where() + ": hostPort must not be set");
        }
      }
    }
    for (JsonNode volume : spec.path("volumes")) {
      volume
          .fieldNames()
          .forEachRemaining(
              kind -> {
                if (!kind.equals("name") && !VOLUMES.contains(kind)) {
                  findings.add(
                      pod.where() + ": a volume must be one of " + VOLUMES + ", got " + kind);
                }
              });
    }
  }

  private void must(JsonNode node, String path, String value) {
    String given = node.at(path).asText();
    if (!given.equals(value)) {
      findings.add(pod.where() + ": " + path + " must be " + value + ", got '" + given + "'");
    }
  }
}
