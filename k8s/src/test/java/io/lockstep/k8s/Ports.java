package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockstep.common.config.DriverAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ports of containers, Services and probes against those that the programs are told to open. */
final class Ports {
  private final Overlay overlay;
  private final JsonNode cluster;
  private final List<String> findings = new ArrayList<>();

  private Ports(Overlay overlay) {
    this.overlay = overlay;
    this.cluster = Yaml.document(overlay.file("lockstep-run", "run.yaml")).path("cluster");
  }

  static List<String> findings(Overlay overlay) {
    Ports ports = new Ports(overlay);
    List<Pod> pods = overlay.pods();
    pods.forEach(ports::pod);
    overlay.all("Service").forEach(s -> ports.service(s, pods));
    return ports.findings;
  }

  private void pod(Pod pod) {
    Map<String, Integer> opened = opened(pod);
    Map<String, Integer> declared = pod.ports();
    // Spark names a port of its Connect server on every driver, whether there is one or not.
    declared.remove("spark-connect");
    if (!declared.equals(opened)) {
      findings.add(
          pod.where() + ": must name the ports that it opens, " + opened + ", names " + declared);
    }
    scraped(pod, opened);
    for (JsonNode container : pod.containers()) {
      for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
        for (String way : List.of("tcpSocket", "httpGet")) {
          JsonNode port = container.path(probe).path(way).path("port");
          if (!port.isMissingNode() && !opened.containsKey(port.asText())) {
            findings.add(
                pod.where() + ": its " + probe + " asks port " + port + ", which it does not open");
          }
        }
      }
      if (container.path("readinessProbe").isMissingNode()) {
        findings.add(pod.where() + ": has no readinessProbe");
      }
    }
  }

  /** Annotations must name the port and the path at which the pod shows figures. */
  private void scraped(Pod pod, Map<String, Integer> opened) {
    JsonNode annotations = pod.metadata().path("annotations");
    if (!annotations.has("prometheus.io/scrape")) {
      return;
    }
    boolean server = pod.component().equals("server");
    String expected =
        server
            ? opened.get("metrics") + "/metrics"
            : opened.get("spark-ui") + "/metrics/prometheus/";
    String given =
        annotations.path("prometheus.io/port").asText()
            + annotations.path("prometheus.io/path").asText();
    if (!given.equals(expected)) {
      findings.add(pod.where() + ": shows its figures at " + expected + ", is annotated " + given);
    }
  }

  /** What the program in a pod is told to open, by the names that the manifests give it. */
  private Map<String, Integer> opened(Pod pod) {
    Map<String, Integer> opened = new LinkedHashMap<>();
    Map<String, String> settings = settings();
    switch (pod.component()) {
      case "driver" -> {
        opened.put("driver-rpc-port", setting(settings, "spark.driver.port"));
        opened.put("blockmanager", setting(settings, "spark.driver.blockManager.port"));
        opened.put("spark-ui", setting(settings, "spark.ui.port"));
        opened.put("servers", cluster.path("port").asInt(DriverAddress.DEFAULT_PORT));
        opened.put("control", cluster.path("controlPort").asInt());
      }
      case "executor" -> opened.put("blockmanager", setting(settings, "spark.blockManager.port"));
      case "server" -> {
        List<String> arguments = arguments(pod);
        opened.put("control", Integer.valueOf(after(arguments, "--port")));
        opened.put("data", Integer.valueOf(after(arguments, "--data-port")));
        opened.put("metrics", Integer.valueOf(after(arguments, "--http-port")));
        coordinator(pod, after(arguments, "--coordinator"));
      }
      default -> findings.add(pod.where() + ": is of no known component");
    }
    return opened;
  }

  private Map<String, String> settings() {
    return overlay
        .find("SparkApplication", "lockstep-train")
        .map(OperatorSettings::of)
        .orElseGet(overlay::sparkConf);
  }

  private static int setting(Map<String, String> settings, String name) {
    return Integer.parseInt(settings.getOrDefault(name, "0"));
  }

  /** A server must ask where the driver listens. */
  private void coordinator(Pod pod, String address) {
    String expected =
        cluster.path("host").asText()
            + ":"
            + cluster.path("port").asInt(DriverAddress.DEFAULT_PORT);
    if (!address.equals(expected)) {
      findings.add(
          pod.where()
              + ": --coordinator must be run.yaml's cluster.host and cluster.port, "
              + expected
              + ", got "
              + address);
    }
  }

  private static List<String> arguments(Pod pod) {
    return Pod.items(pod.containers().get(0).path("args")).map(JsonNode::asText).toList();
  }

  private static String after(List<String> arguments, String option) {
    int index = arguments.indexOf(option);
    return index < 0 || index + 1 == arguments.size() ? "0" : arguments.get(index + 1);
  }

  private void service(ObjectNode service, List<Pod> pods) {
    String where = Overlay.describe(service);
    for (JsonNode port : service.at("/spec/ports")) {
      for (Pod pod : pods) {
        if (Labels.chooses(service.at("/spec/selector"), pod)) {
          Integer target = target(port.path("targetPort"), pod);
          if (target == null) {
            findings.add(
                where
                    + ": targetPort "
                    + port.path("targetPort")
                    + " is no port of "
                    + pod.where());
          } else if (target != port.path("port").asInt()) {
            findings.add(
                where
                    + ": a headless Service does not translate ports: port must be "
                    + target
                    + ", got "
                    + port.path("port"));
          }
        }
      }
    }
  }

  private static @org.jspecify.annotations.Nullable Integer target(JsonNode target, Pod pod) {
    if (target.isInt()) {
      return pod.ports().containsValue(target.asInt()) ? Integer.valueOf(target.asInt()) : null;
    }
    return pod.ports().get(target.asText());
  }
}
