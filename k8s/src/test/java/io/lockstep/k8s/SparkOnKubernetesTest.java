package io.lockstep.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.SparkSubmit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Spark itself against an API server that only stores: what it makes of the manifests' settings is
 * what they promise.
 */
class SparkOnKubernetesTest {
  private static final String NAMESPACE = "lockstep";

  /** What Spark asks for besides when a run fails: the driver's pod is told the exception. */
  private static final Set<String> LATER = Set.of("pods patch");

  @TempDir private Path folder;

  @Test
  void sparkSubmitMakesTheDriverThatTheManifestsPromise() throws IOException {
    Overlay overlay = Overlays.overlay("cpu");
    ObjectNode application = overlay.object("SparkApplication", "lockstep-train");
    try (MockApiServer server = new MockApiServer();
        KubernetesClient client = server.client()) {
      new SparkSubmit().doSubmit(submission(application, server.master()));

      Pod driver = pod("driver", client.pods().inNamespace(NAMESPACE).list().getItems());
      Pod promised = SparkPods.of(overlay).get(0);
      assertThat(driver.component()).isEqualTo("driver");
      assertThat(driver.ports()).isEqualTo(promised.ports());
      assertThat(driver.spec().path("serviceAccountName")).hasToString("\"lockstep-driver\"");
      for (String part : List.of("securityContext", "enableServiceLinks")) {
        assertThat(driver.spec().path(part)).as(part).isEqualTo(promised.spec().path(part));
      }
      JsonNode container = driver.spec().at("/containers/0");
      for (String part : List.of("image", "resources", "securityContext", "readinessProbe")) {
        assertThat(container.path(part))
            .as(part)
            .isEqualTo(promised.spec().at("/containers/0").path(part));
      }
      assertThat(texts(container.path("args")))
          .startsWith("driver", "--properties-file", "/opt/spark/conf/spark.properties")
          .endsWith(
              "train", "/etc/lockstep/run/run.yaml", "--run-dir", "/runs/run", "--begin-or-resume");
      for (Rule rule : List.of(Rule.NETWORK, Rule.SELECTORS, Rule.VOLUMES, Rule.SECURITY)) {
        assertThat(rule.findings(overlay)).as(rule.sentence()).isEmpty();
      }

      Service service = only(client.services().inNamespace(NAMESPACE).list().getItems());
      assertThat(Labels.chooses(tree(service).at("/spec/selector"), driver)).isTrue();
      assertThat(service.getSpec().getPorts())
          .allSatisfy(p -> assertThat(driver.ports()).containsValue(p.getPort()));
      ObjectNode ours = overlay.object("Service", "lockstep-driver");
      assertThat(Labels.chooses(ours.at("/spec/selector"), driver)).isTrue();

      List<ConfigMap> maps = client.configMaps().inNamespace(NAMESPACE).list().getItems();
      String properties = data(maps, "spark.properties");
      assertThat(properties)
          .contains("spark.kubernetes.executor.podTemplateFile=/opt/spark/pod-template/")
          .contains("spark.kubernetes.authenticate.executor.serviceAccountName=lockstep-executor")
          .contains("spark.driver.port=7078");
      assertThat(Yaml.document(data(maps, "podspec-configmap-key")))
          .as("the executors' template")
          .isEqualTo(application.at("/spec/executor/template"));
    }
  }

  @Test
  void sparksDriverMakesTheExecutorsThatTheManifestsPromiseAndItsRoleAllowsIt() {
    Overlay overlay = Overlays.overlay("dev");
    ObjectNode job = overlay.object("Job", "lockstep-train");
    try (MockApiServer server = new MockApiServer();
        KubernetesClient client = server.client()) {
      Map<String, String> settings = settings(overlay, job, server.master());
      client
          .pods()
          .inNamespace(NAMESPACE)
          .resource(
              new PodBuilder()
                  .withNewMetadata()
                  .withName(settings.get("spark.kubernetes.driver.pod.name"))
                  .endMetadata()
                  .build())
          .create();
      server.requests().clear();

      SparkConf configuration = new SparkConf(false);
      settings.forEach(configuration::set);
      SparkContext context = new SparkContext(configuration);
      Pod executor;
      try {
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> executors(client).size() == 2 && configMaps(client).size() == 1);
        executor = pod("executor", executors(client).subList(0, 1));
        fail(client, executors(client).get(0));
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> server.requests().contains("pods delete"));
      } finally {
        context.stop();
      }

      Pod promised = SparkPods.of(overlay).get(0);
      assertThat(executor.component()).isEqualTo("executor");
      assertThat(executor.ports()).isEqualTo(promised.ports());
      assertThat(executor.spec().path("serviceAccountName")).hasToString("\"lockstep-executor\"");
      assertThat(executor.spec().path("securityContext"))
          .isEqualTo(promised.spec().path("securityContext"));
      JsonNode container = executor.spec().at("/containers/0");
      for (String part : List.of("image", "resources", "securityContext", "readinessProbe")) {
        assertThat(container.path(part))
            .as(part)
            .isEqualTo(promised.spec().at("/containers/0").path(part));
      }
      assertThat(texts(container.path("args"))).containsExactly("executor");
      assertThat(executor.metadata().at("/ownerReferences/0/name").asText())
          .isEqualTo(settings.get("spark.kubernetes.driver.pod.name"));
      assertThat(executors(client)).as("what is left at the end").isEmpty();

      Set<String> needed = new TreeSet<>(server.requests());
      needed.addAll(LATER);
      assertThat(allowed(overlay)).as("the Role of the driver").isEqualTo(needed);
    }
  }

  /** The command line that the operator makes of a SparkApplication. */
  private String[] submission(ObjectNode application, String master) throws IOException {
    List<String> line = new ArrayList<>();
    line.addAll(List.of("--master", master, "--deploy-mode", "cluster"));
    line.addAll(List.of("--name", Overlay.name(application)));
    line.addAll(List.of("--class", application.at("/spec/mainClass").asText()));
    Map<String, String> settings = OperatorSettings.of(application);
    settings.put("spark.kubernetes.submission.waitAppCompletion", "false");
    for (String part : List.of("driver", "executor")) {
      Path file = folder.resolve(part + ".yaml");
      Files.writeString(file, Yaml.text(application.at("/spec/" + part + "/template")));
      settings.put("spark.kubernetes." + part + ".podTemplateFile", file.toString());
    }
    settings.forEach((name, value) -> line.addAll(List.of("--conf", name + "=" + value)));
    line.add(application.at("/spec/mainApplicationFile").asText());
    line.addAll(texts(application.at("/spec/arguments")));
    return line.toArray(String[]::new);
  }

  /** The settings of the Job's driver, less what this machine has no address and file for. */
  private Map<String, String> settings(Overlay overlay, ObjectNode job, String master) {
    Map<String, String> settings = new LinkedHashMap<>(overlay.sparkConf());
    settings.putAll(SparkPods.submitted(job));
    settings.putAll(SparkPods.runs(overlay));
    Path template = folder.resolve("executor.yaml");
    try {
      Files.writeString(template, overlay.file("lockstep-spark", "executor.yaml"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    settings.put("spark.master", master);
    settings.put("spark.kubernetes.executor.podTemplateFile", template.toString());
    settings.put("spark.driver.host", "127.0.0.1");
    settings.put("spark.driver.bindAddress", "127.0.0.1");
    settings.put("spark.driver.port", "0");
    settings.put("spark.driver.blockManager.port", "0");
    settings.put("spark.ui.enabled", "false");
    return settings;
  }

  private static void fail(KubernetesClient client, io.fabric8.kubernetes.api.model.Pod pod) {
    client
        .pods()
        .inNamespace(NAMESPACE)
        .resource(new PodBuilder(pod).withNewStatus().withPhase("Failed").endStatus().build())
        .update();
  }

  private static List<io.fabric8.kubernetes.api.model.Pod> executors(KubernetesClient client) {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("spark-role", "executor")
        .list()
        .getItems();
  }

  private static List<ConfigMap> configMaps(KubernetesClient client) {
    return client.configMaps().inNamespace(NAMESPACE).list().getItems();
  }

  /** What the driver's Role allows, as a resource and a verb each. */
  private static Set<String> allowed(Overlay overlay) {
    Set<String> allowed = new TreeSet<>();
    for (JsonNode rule : overlay.object("Role", "lockstep-driver").path("rules")) {
      for (String resource : texts(rule.path("resources"))) {
        texts(rule.path("verbs")).forEach(verb -> allowed.add(resource + " " + verb));
      }
    }
    return allowed;
  }

  private static Pod pod(String where, List<io.fabric8.kubernetes.api.model.Pod> pods) {
    ObjectNode tree = tree(only(pods));
    return new Pod(where, tree.path("metadata"), tree.path("spec"));
  }

  private static ObjectNode tree(HasMetadata object) {
    return Yaml.document(Serialization.asYaml(object));
  }

  private static <T> T only(List<T> list) {
    assertThat(list).hasSize(1);
    return list.get(0);
  }

  private static String data(List<ConfigMap> maps, String key) {
    return maps.stream()
        .map(m -> m.getData().getOrDefault(key, ""))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no ConfigMap has " + key));
  }

  private static List<String> texts(JsonNode list) {
    return Pod.items(list).map(JsonNode::asText).toList();
  }
}
