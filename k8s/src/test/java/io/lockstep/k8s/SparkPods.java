package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SecurityManager;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.k8s.KubernetesDriverConf;
import org.apache.spark.deploy.k8s.KubernetesExecutorConf;
import org.apache.spark.deploy.k8s.SparkPod;
import org.apache.spark.deploy.k8s.submit.JavaMainAppResource;
import org.apache.spark.deploy.k8s.submit.KubernetesDriverBuilder;
import org.apache.spark.resource.ResourceProfile$;
import org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBuilder;
import org.apache.spark.util.SystemClock;
import scala.Option;

/**
 * The pods that Spark makes of an overlay, built by Spark's own code: executors, and the driver of
 * a SparkApplication.
 */
final class SparkPods {
  /** What a field of the pod becomes where the manifests name it by a variable. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "metadata.name", "lockstep-train-x7k2p",
          "metadata.namespace", "lockstep",
          "status.podIP", "10.0.0.7");

  private SparkPods() {}

  static List<Pod> of(Overlay overlay) {
    List<Pod> pods = new ArrayList<>();
    overlay.find("Job", "lockstep-train").ifPresent(job -> pods.add(jobsExecutor(overlay, job)));
    overlay
        .find("SparkApplication", "lockstep-train")
        .ifPresent(
            application -> {
              pods.add(driver(application));
              pods.add(applicationsExecutor(overlay, application));
            });
    return pods;
  }

  private static Pod jobsExecutor(Overlay overlay, ObjectNode job) {
    Map<String, String> settings = new LinkedHashMap<>(overlay.sparkConf());
    settings.putAll(submitted(job));
    settings.putAll(runs(overlay));
    JsonNode spec = job.path("spec").path("template").path("spec");
    String template = settings.getOrDefault("spark.kubernetes.executor.podTemplateFile", "");
    return executor(settings, mounted(overlay, spec, template));
  }

  private static Pod applicationsExecutor(Overlay overlay, ObjectNode application) {
    Map<String, String> settings = OperatorSettings.of(application);
    settings.putAll(runs(overlay));
    settings.put("spark.driver.host", "lockstep-train-driver-svc.lockstep.svc");
    return executor(settings, Yaml.text(application.at("/spec/executor/template")));
  }

  /** The settings of Spark in run.yaml, which the driver adds last. */
  static Map<String, String> runs(Overlay overlay) {
    JsonNode cluster = Yaml.document(overlay.file("lockstep-run", "run.yaml")).path("cluster");
    Map<String, String> settings = Labels.of(cluster.path("spark"));
    settings.put("spark.task.cpus", cluster.path("threads").asText("1"));
    return settings;
  }

  /** What the arguments after spark-submit say by --conf, its variables put in. */
  static Map<String, String> submitted(ObjectNode job) {
    JsonNode container = job.at("/spec/template/spec/containers/0");
    List<String> arguments = Pod.items(container.path("args")).map(JsonNode::asText).toList();
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i + 1 < arguments.size(); i++) {
      if (arguments.get(i).equals("--conf")) {
        String[] setting = arguments.get(i + 1).split("=", 2);
        settings.put(setting[0], expanded(setting[1], container.path("env")));
      }
    }
    settings.put("spark.app.name", Overlay.name(job));
    return settings;
  }

  private static String expanded(String value, JsonNode environment) {
    String expanded = value;
    for (JsonNode variable : environment) {
      String name = "$(" + variable.path("name").asText() + ")";
      String field = variable.at("/valueFrom/fieldRef/fieldPath").asText();
      expanded =
          expanded.replace(name, FIELDS.getOrDefault(field, variable.path("value").asText()));
    }
    return expanded;
  }

  /** The text of a file that a pod finds under a path, from the ConfigMap that is mounted there. */
  private static String mounted(Overlay overlay, JsonNode spec, String path) {
    for (JsonNode mount : spec.at("/containers/0/volumeMounts")) {
      String folder = mount.path("mountPath").asText() + "/";
      if (path.startsWith(folder)) {
        String volume = mount.path("name").asText();
        String map =
            Pod.items(spec.path("volumes"))
                .filter(v -> v.path("name").asText().equals(volume))
                .map(v -> v.at("/configMap/name").asText())
                .findFirst()
                .orElse("");
        String text = overlay.file(map, path.substring(folder.length()));
        if (!text.isEmpty()) {
          return text;
        }
      }
    }
    throw new IllegalStateException(
        "spark.kubernetes.executor.podTemplateFile must name a file that the driver's pod mounts,"
            + " got '"
            + path
            + "'");
  }

  private static Pod executor(Map<String, String> settings, String template) {
    return building(
        Map.of("spark.kubernetes.executor.podTemplateFile", template),
        settings,
        (configuration, client) -> {
          SparkPod built =
              new KubernetesExecutorBuilder()
                  .buildFromFeatures(
                      new KubernetesExecutorConf(configuration, "spark-1", "1", Option.empty(), 0),
                      new SecurityManager(configuration, Option.empty(), null),
                      client,
                      ResourceProfile$.MODULE$.getOrCreateDefaultProfile(configuration))
                  .pod();
          return pod("Spark's executor", built);
        });
  }

  private static Pod driver(ObjectNode application) {
    String[] arguments =
        Pod.items(application.at("/spec/arguments")).map(JsonNode::asText).toArray(String[]::new);
    return building(
        Map.of(
            "spark.kubernetes.driver.podTemplateFile",
            Yaml.text(application.at("/spec/driver/template")),
            "spark.kubernetes.executor.podTemplateFile",
            Yaml.text(application.at("/spec/executor/template"))),
        OperatorSettings.of(application),
        (configuration, client) -> {
          SparkPod built =
              new KubernetesDriverBuilder()
                  .buildFromFeatures(
                      new KubernetesDriverConf(
                          configuration,
                          "spark-1",
                          new JavaMainAppResource(
                              Option.apply(application.at("/spec/mainApplicationFile").asText())),
                          application.at("/spec/mainClass").asText(),
                          arguments,
                          Option.empty(),
                          new SystemClock()),
                      client)
                  .pod();
          return pod("Spark's driver", built);
        });
  }

  private static Pod pod(String where, SparkPod built) {
    io.fabric8.kubernetes.api.model.Pod whole =
        new PodBuilder(built.pod()).editSpec().addToContainers(built.container()).endSpec().build();
    ObjectNode tree = Yaml.document(Serialization.asYaml(whole));
    return new Pod(where, tree.path("metadata"), tree.path("spec"));
  }

  private interface Builder {
    Pod build(SparkConf configuration, KubernetesClient client);
  }

  /**
   * Builds a pod with templates put into files.
   *
   * @param templates setting that names the file, to its text
   */
  private static Pod building(
      Map<String, String> templates, Map<String, String> settings, Builder builder) {
    List<Path> files = new ArrayList<>();
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      ResourceProfile$.MODULE$.clearDefaultProfile();
      SparkConf configuration = new SparkConf(false);
      settings.forEach(configuration::set);
      configuration.set("spark.master", "k8s://https://kubernetes.default.svc");
      for (Map.Entry<String, String> template : templates.entrySet()) {
        Path file = Files.createTempFile("template", ".yaml");
        files.add(file);
        Files.writeString(file, template.getValue());
        configuration.set(template.getKey(), file.toString());
      }
      return builder.build(configuration, client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ResourceProfile$.MODULE$.clearDefaultProfile(); // it outlives its configuration
      for (Path file : files) {
        file.toFile().delete();
      }
    }
  }
}
