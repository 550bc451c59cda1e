package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockstep.driver.storage.Location;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the run directory is an address of S3A's: its endpoint, the port of that, and what every
 * pod needs to reach it.
 *
 * @param directory the run directory
 * @param endpoint as Hadoop is told it; empty where it is not
 */
record ObjectStore(String directory, String endpoint) {
  private static final String ENDPOINT = "spark.hadoop.fs.s3a.endpoint";
  private static final List<String> CREDENTIALS =
      List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

  static ObjectStore of(Overlay overlay) {
    return new ObjectStore(
        overlay.runDirectory(), SparkPods.runs(overlay).getOrDefault(ENDPOINT, ""));
  }

  /** Whether the run is in a store, and not in a volume. */
  boolean isUsed() {
    return !Location.of(directory).isLocal();
  }

  /** The port of the endpoint; empty where there is none. */
  String port() {
    if (endpoint.isEmpty()) {
      return "";
    }
    URI address = URI.create(endpoint.contains("://") ? endpoint : "https://" + endpoint);
    int given = address.getPort();
    return String.valueOf(given > 0 ? given : address.getScheme().equals("http") ? 80 : 443);
  }

  static List<String> findings(Overlay overlay) {
    ObjectStore store = of(overlay);
    List<String> findings = new ArrayList<>();
    if (!store.isUsed()) {
      return findings;
    }
    if (!store.directory().startsWith("s3a://")) {
      findings.add("--run-dir must be a folder or an address of s3a, got " + store.directory());
    }
    if (store.endpoint().isEmpty()) {
      findings.add("run.yaml must name the store: cluster.spark." + ENDPOINT + " is missing");
    }
    for (JsonNode claim : overlay.all("PersistentVolumeClaim")) {
      findings.add(Overlay.describe(claim) + ": nobody mounts it, the run is in a store");
    }
    for (Pod pod : overlay.pods()) {
      store.pod(overlay, pod, findings);
    }
    return findings;
  }

  private void pod(Overlay overlay, Pod pod, List<String> findings) {
    for (JsonNode volume : pod.spec().path("volumes")) {
      if (volume.has("persistentVolumeClaim")) {
        findings.add(pod.where() + ": mounts a claim, the run is in a store");
      }
    }
    for (String name : CREDENTIALS) {
      boolean given =
          Pod.items(pod.spec().at("/containers/0/env"))
              .anyMatch(v -> v.path("name").asText().equals(name) && isSecret(v));
      if (!given) {
        findings.add(pod.where() + ": has no " + name + " from a Secret");
      }
    }
    if (!endpoint.isEmpty()
        && overlay.all("NetworkPolicy").stream().noneMatch(policy -> opens(policy, pod))) {
      findings.add(pod.where() + ": no policy lets it reach port " + port() + " of " + endpoint);
    }
  }

  private static boolean isSecret(JsonNode variable) {
    return variable.at("/valueFrom/secretKeyRef/name").asText().equals("lockstep-store");
  }

  private boolean opens(JsonNode policy, Pod pod) {
    return Labels.matches(policy.at("/spec/podSelector"), pod)
        && Pod.items(policy.at("/spec/egress"))
            .flatMap(rule -> Pod.items(rule.path("ports")))
            .anyMatch(port -> port.path("port").asText().equals(port()));
  }
}
