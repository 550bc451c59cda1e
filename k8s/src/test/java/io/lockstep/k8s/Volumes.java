package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Mounts and volumes of each pod. */
final class Volumes {
  /** What every program of the run writes to. */
  private static final List<String> WRITABLE = List.of("/tmp", "/runs");

  private Volumes() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    for (Pod pod : overlay.pods()) {
      Set<String> volumes = new HashSet<>();
      for (JsonNode volume : pod.spec().path("volumes")) {
        String name = volume.path("name").asText();
        if (!volumes.add(name)) {
          findings.add(pod.where() + ": two volumes are called " + name);
        }
      }
      Set<String> mounted = new HashSet<>();
      for (JsonNode container : pod.containers()) {
        Set<String> paths = new HashSet<>();
        for (JsonNode mount : container.path("volumeMounts")) {
          String name = mount.path("name").asText();
          String path = mount.path("mountPath").asText();
          mounted.add(name);
          if (!volumes.contains(name)) {
            findings.add(pod.where() + ": mounts " + name + ", which is no volume of the pod");
          }
          if (!paths.add(path)) {
            findings.add(pod.where() + ": two mounts at " + path);
          }
        }
        for (String path : WRITABLE) {
          if (!paths.contains(path)) {
            findings.add(pod.where() + ": nothing is mounted at " + path + ", which is written to");
          }
        }
      }
      volumes.removeAll(mounted);
      volumes.forEach(v -> findings.add(pod.where() + ": volume " + v + " is mounted nowhere"));
    }
    return findings;
  }
}
