package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What has to be written twice: for a SparkApplication cannot read a ConfigMap, and for a ConfigMap
 * cannot be made of a file outside the overlay.
 */
final class Sameness {
  private static final String TEMPLATE_FILE = "spark.kubernetes.executor.podTemplateFile";

  /** What the Job's driver has no use for. */
  private static final String DRIVER_CONTAINER = "spark.kubernetes.driver.podTemplateContainerName";

  /** Where the example's data may be, in front of their path in deploy/examples. */
  private static final Pattern DATA_ELSEWHERE =
      Pattern.compile("\"(/opt/lockstep/examples/|s3a://[^/\"]+/)");

  private Sameness() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    images(overlay, findings);
    training(overlay, findings);
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

  /** A run with the main example's name trains as that does: its documented hash is the run's. */
  private static void training(Overlay overlay, List<String> findings) {
    ObjectNode run = Yaml.document(overlay.file("lockstep-run", "run.yaml"));
    ObjectNode example = Yaml.document(Overlays.mainExample());
    if (!run.path("name").equals(example.path("name"))) {
      return;
    }
    Set<String> keys = new TreeSet<>();
    run.fieldNames().forEachRemaining(keys::add);
    example.fieldNames().forEachRemaining(keys::add);
    keys.remove("cluster");
    for (String key : keys) {
      String given = DATA_ELSEWHERE.matcher(run.path(key).toString()).replaceAll("\"");
      if (!given.equals(example.path(key).toString())) {
        findings.add(
            "run.yaml's "
                + key
                + " must be the main example's, "
                + example.path(key)
                + ", got "
                + run.path(key));
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
