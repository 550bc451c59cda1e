package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What has to be written twice, for a SparkApplication cannot read a ConfigMap. */
final class Sameness {
  private static final String TEMPLATE_FILE = "spark.kubernetes.executor.podTemplateFile";

  /** What the Job's driver has no use for. */
  private static final String DRIVER_CONTAINER = "spark.kubernetes.driver.podTemplateContainerName";

  private Sameness() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    images(overlay, findings);
    overlay
        .find("SparkApplication", "lockstep-train")
        .ifPresent(application -> application(overlay, application, findings));
    return findings;
  }

  private static void images(Overlay overlay, List<String> findings) {
    Set<String> images = new TreeSet<>();
    for (Pod pod : overlay.pods()) {
      pod.containers().forEach(c -> images.add(c.path("image").asText()));
    }
    if (images.size() != 1) {
      findings.add("all pods must have one image, they have " + images);
    }
    for (String image : images) {
      if (!image.contains(":") || image.endsWith(":latest")) {
        findings.add("the image must have a tag that stays, got " + image);
      }
    }
  }

  private static void application(Overlay overlay, ObjectNode application, List<String> findings) {
    Map<String, String> file = overlay.sparkConf();
    file.remove(TEMPLATE_FILE);
    Map<String, String> settings = Labels.of(application.at("/spec/sparkConf"));
    settings.remove(DRIVER_CONTAINER);
    if (!settings.equals(file)) {
      findings.add("sparkConf must be spark.conf, " + file + ", got " + settings);
    }
    JsonNode executor = Yaml.document(overlay.file("lockstep-spark", "executor.yaml"));
    for (String part : List.of("metadata", "spec")) {
      JsonNode template = application.at("/spec/executor/template").path(part);
      if (!template.equals(executor.path(part))) {
        findings.add(
            "executor.template must be executor.yaml, in "
                + part
                + ": "
                + executor.path(part)
                + ", got "
                + template);
      }
    }
    String scratch = application.at("/spec/driver/template/spec/containers/0/name").asText();
    if (!scratch.equals(Labels.of(application.at("/spec/sparkConf")).get(DRIVER_CONTAINER))) {
      findings.add(DRIVER_CONTAINER + " must name the template's container, " + scratch);
    }
  }
}
