package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the Spark operator hands to spark-submit of a SparkApplication (its {@code
 * internal/controller/sparkapplication/submission.go}, version 2.5.2), as far as ours has such
 * fields.
 */
final class OperatorSettings {
  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("/image", "spark.kubernetes.container.image"),
          Map.entry("/imagePullPolicy", "spark.kubernetes.container.image.pullPolicy"),
          Map.entry("/driver/cores", "spark.driver.cores"),
          Map.entry("/driver/coreLimit", "spark.kubernetes.driver.limit.cores"),
          Map.entry("/driver/memory", "spark.driver.memory"),
          Map.entry("/driver/memoryOverhead", "spark.driver.memoryOverhead"),
          Map.entry(
              "/driver/serviceAccount", "spark.kubernetes.authenticate.driver.serviceAccountName"),
          Map.entry(
              "/executor/serviceAccount",
              "spark.kubernetes.authenticate.executor.serviceAccountName"));

  private OperatorSettings() {}

  /** The settings, without those that name the files of pod templates. */
  static Map<String, String> of(ObjectNode application) {
    JsonNode spec = application.path("spec");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.app.name", Overlay.name(application));
    settings.put("spark.kubernetes.namespace", application.at("/metadata/namespace").asText());
    settings.put("spark.kubernetes.driver.pod.name", Overlay.name(application) + "-driver");
    settings.putAll(Labels.of(spec.path("sparkConf")));
    FIELDS.forEach(
        (field, setting) -> {
          if (!spec.at(field).isMissingNode()) {
            settings.put(setting, spec.at(field).asText());
          }
        });
    return settings;
  }
}
