package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.driver.storage.Location;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Mounts and volumes of each pod. */
final class Volumes {
  private Volumes() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    Set<String> writable = writable(overlay);
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
        for (String path : writable) {
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

  /** What every program of the run writes to: the run directory only where it is a folder. */
  private static Set<String> writable(Overlay overlay) {
    Location run = Location.of(overlay.runDirectory());
    return run.isLocal() ? Set.of("/tmp", "/" + run.path().getName(0)) : Set.of("/tmp");
  }
}
