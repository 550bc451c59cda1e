package io.lockstep.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Manifests broken on purpose, at least one for every rule: the rule must find it. */
class BreakagesTest {
  /**
   * A small thing that is wrong.
   *
   * @param text what the finding must say
   */
  record Breakage(
      String name, Rule rule, String overlay, UnaryOperator<Overlay> edit, String text) {
    @Override
    public String toString() {
      return rule + ": " + name;
    }
  }

  private static final String JOB = "Job/lockstep-train";
  private static final String APPLICATION = "SparkApplication/lockstep-train";
  private static final String SERVERS = "StatefulSet/lockstep-server";
  private static final String METRICS = "NetworkPolicy/lockstep-metrics";
  private static final String STORE = "NetworkPolicy/lockstep-run-store";
  private static final String POD = "/spec/template/spec";
  private static final String CONTAINER = "/spec/template/spec/containers/0";

  static final List<Breakage> BREAKAGES =
      List.of(
          set(
              "a misspelled field",
              Rule.FIELDS,
              "dev",
              JOB,
              POD + "/restartPolice",
              "\"Never\"",
              "restartPolice"),
          set(
              "a number in quotes",
              Rule.FIELDS,
              "dev",
              JOB,
              "/spec/backoffLimit",
              "\"3\"",
              "read as it is written"),
          set("a word for a number", Rule.FIELDS, "cpu", SERVERS, "/spec/replicas", "two", "two"),
          set(
              "a field of another type's",
              Rule.FIELDS,
              "dev",
              "Service/lockstep-driver",
              "/spec/replicas",
              "1",
              "unknown field"),
          set("an unknown kind", Rule.FIELDS, "dev", JOB, "/kind", "\"Jub\"", "Jub"),
          set("an unknown version", Rule.FIELDS, "dev", JOB, "/apiVersion", "\"batch/v7\"", "v7"),
          set(
              "a misspelled field of a SparkApplication",
              Rule.FIELDS,
              "cpu",
              APPLICATION,
              "/spec/mainClas",
              "\"Main\"",
              "mainClas"),
          set(
              "a misspelled field in its driver",
              Rule.FIELDS,
              "cpu",
              APPLICATION,
              "/spec/driver/memoryOverheat",
              "\"1g\"",
              "memoryOverheat"),
          set(
              "a word that its schema does not list",
              Rule.FIELDS,
              "cpu",
              APPLICATION,
              "/spec/type",
              "\"Kotlin\"",
              "type"),
          set(
              "a wrong type in its schema",
              Rule.FIELDS,
              "cpu",
              APPLICATION,
              "/spec/driver/cores",
              "\"one\"",
              "cores"),
          set(
              "a required field that its schema misses",
              Rule.FIELDS,
              "cpu",
              APPLICATION,
              "/spec/sparkVersion",
              null,
              "sparkVersion"),
          set(
              "a misspelled field in a pod template that its schema leaves open",
              Rule.FIELDS,
              "cpu",
              APPLICATION,
              "/spec/executor/template/spec/enableServiceLink",
              "false",
              "enableServiceLink"),
          file(
              "a misspelled field in the executors' template",
              Rule.FIELDS,
              "dev",
              "lockstep-spark/executor.yaml",
              "enableServiceLinks",
              "enableServiceLink",
              "enableServiceLink"),
          set(
              "a container without an image",
              Rule.REQUIREMENTS,
              "cpu",
              SERVERS,
              CONTAINER + "/image",
              null,
              "image is missing"),
          set(
              "a port without a number",
              Rule.REQUIREMENTS,
              "dev",
              JOB,
              CONTAINER + "/ports/0/containerPort",
              null,
              "containerPort is missing"),
          set(
              "an object without a name",
              Rule.REQUIREMENTS,
              "dev",
              "Service/lockstep-driver",
              "/metadata/name",
              null,
              "name"),
          set(
              "a Service without ports",
              Rule.REQUIREMENTS,
              "cpu",
              "Service/lockstep-server",
              "/spec/ports",
              null,
              "ports is missing"),
          set(
              "a pull policy in lower case",
              Rule.REQUIREMENTS,
              "dev",
              JOB,
              CONTAINER + "/imagePullPolicy",
              "\"always\"",
              "imagePullPolicy must be one of"),
          set(
              "an access mode that is none",
              Rule.REQUIREMENTS,
              "dev",
              "PersistentVolumeClaim/lockstep-runs",
              "/spec/accessModes/0",
              "\"ReadWriteAll\"",
              "accessModes must be one of"),
          set(
              "a type of which the table knows nothing",
              Rule.REQUIREMENTS,
              "dev",
              JOB,
              POD + "/affinity",
              "{\"nodeAffinity\": {}}",
              "no line for"),
          set(
              "a claim that nobody makes",
              Rule.NAMES,
              "dev",
              JOB,
              POD + "/volumes/1/persistentVolumeClaim/claimName",
              "\"lockstep-run\"",
              "no PersistentVolumeClaim"),
          set(
              "a ConfigMap that nobody makes",
              Rule.NAMES,
              "dev",
              JOB,
              POD + "/volumes/3/configMap/name",
              "\"lockstep-runs\"",
              "no ConfigMap"),
          set(
              "a file that the ConfigMap does not hold",
              Rule.NAMES,
              "cpu",
              APPLICATION,
              "/spec/arguments/1",
              "\"/etc/lockstep/run/run.yml\"",
              "run.yml"),
          set(
              "a Secret that the README does not make",
              Rule.NAMES,
              "cpu",
              SERVERS,
              CONTAINER + "/env/1/valueFrom/secretKeyRef/name",
              "\"lockstep\"",
              "nobody makes"),
          set(
              "an account that nobody makes",
              Rule.NAMES,
              "cpu",
              SERVERS,
              POD + "/serviceAccountName",
              "\"default\"",
              "no ServiceAccount"),
          set(
              "a role that nobody makes",
              Rule.NAMES,
              "dev",
              "RoleBinding/lockstep-driver",
              "/roleRef/name",
              "\"edit\"",
              "no Role edit"),
          set(
              "another namespace",
              Rule.NAMES,
              "dev",
              JOB,
              "/metadata/namespace",
              "\"default\"",
              "no Namespace default"),
          file(
              "data that are neither in the image nor in a volume",
              Rule.NAMES,
              "dev",
              "lockstep-run/run.yaml",
              "/opt/lockstep/examples/data/mnist/t10k-images",
              "/data/mnist/t10k-images",
              "neither in the image nor in a volume"),
          file(
              "data that the image does not hold",
              Rule.NAMES,
              "dev",
              "lockstep-run/run.yaml",
              "t10k-images-idx3",
              "t10k-images-idx4",
              "neither in the image nor in a volume"),
          set(
              "a StatefulSet's Service that is not headless",
              Rule.NAMES,
              "cpu",
              "Service/lockstep-server",
              "/spec/clusterIP",
              null,
              "headless"),
          set(
              "a mount without its volume",
              Rule.VOLUMES,
              "dev",
              JOB,
              CONTAINER + "/volumeMounts/0/name",
              "\"scratches\"",
              "no volume of the pod"),
          set(
              "a pod without scratch",
              Rule.VOLUMES,
              "cpu",
              SERVERS,
              CONTAINER + "/volumeMounts/0",
              null,
              "nothing is mounted at /tmp"),
          file(
              "executors that cannot write checkpoints",
              Rule.VOLUMES,
              "gpu",
              "lockstep-spark/executor.yaml",
              "mountPath: /runs",
              "mountPath: /run",
              "nothing is mounted at /runs"),
          set(
              "two mounts in one place",
              Rule.VOLUMES,
              "cpu",
              SERVERS,
              CONTAINER + "/volumeMounts/1/mountPath",
              "\"/tmp\"",
              "two mounts"),
          set(
              "a Service's selector that chooses nothing",
              Rule.SELECTORS,
              "dev",
              "Service/lockstep-driver",
              "/spec/selector/app.kubernetes.io~1component",
              "\"drivers\"",
              "must choose the pods [driver], chooses []"),
          set(
              "a policy's selector that is too wide",
              Rule.SELECTORS,
              "dev",
              "NetworkPolicy/lockstep-driver-api",
              "/spec/podSelector/matchLabels/app.kubernetes.io~1component",
              null,
              "chooses [driver, executor]"),
          set(
              "a StatefulSet whose pods are not its own",
              Rule.SELECTORS,
              "cpu",
              SERVERS,
              "/spec/template/metadata/labels/app.kubernetes.io~1name",
              "\"lockstep-server\"",
              "must choose the pods [server]"),
          file(
              "executors without their label",
              Rule.SELECTORS,
              "dev",
              "lockstep-spark/executor.yaml",
              "component: executor",
              "component: worker",
              "must be driver, executor or server"),
          set(
              "a Service's port that nobody opens",
              Rule.PORTS,
              "dev",
              "Service/lockstep-driver",
              "/spec/ports/3/targetPort",
              "\"controls\"",
              "no port of"),
          set(
              "a headless Service that translates",
              Rule.PORTS,
              "dev",
              "Service/lockstep-driver",
              "/spec/ports/0/port",
              "80",
              "does not translate"),
          set(
              "a container port that the program does not open",
              Rule.PORTS,
              "dev",
              JOB,
              CONTAINER + "/ports/3/containerPort",
              "7095",
              "must name the ports that it opens"),
          set(
              "a probe of a port that is not opened",
              Rule.PORTS,
              "cpu",
              SERVERS,
              CONTAINER + "/readinessProbe/httpGet/port",
              "\"status\"",
              "readinessProbe asks"),
          set(
              "a pod that never says whether it is ready",
              Rule.PORTS,
              "cpu",
              SERVERS,
              CONTAINER + "/readinessProbe",
              null,
              "has no readinessProbe"),
          set(
              "servers that ask another port",
              Rule.PORTS,
              "cpu",
              SERVERS,
              CONTAINER + "/args/3",
              "\"lockstep-driver:7070\"",
              "--coordinator must be"),
          file(
              "a driver on another port",
              Rule.PORTS,
              "dev",
              "lockstep-run/run.yaml",
              "controlPort: 7091",
              "controlPort: 7094",
              "must name the ports that it opens"),
          set(
              "an annotation of a port without figures",
              Rule.PORTS,
              "cpu",
              SERVERS,
              "/spec/template/metadata/annotations/prometheus.io~1port",
              "\"7091\"",
              "is annotated 7091/metrics"),
          set(
              "an annotation of a path without figures",
              Rule.PORTS,
              "cpu",
              APPLICATION,
              "/spec/driver/template/metadata/annotations/prometheus.io~1path",
              "/metrics",
              "shows its figures at 4040/metrics/prometheus/"),
          set(
              "a policy that lets everybody in",
              Rule.NETWORK,
              "dev",
              "NetworkPolicy/lockstep-run",
              "/spec/ingress/0/from",
              null,
              "lets everybody in"),
          set(
              "a policy that shuts one direction only",
              Rule.NETWORK,
              "dev",
              "NetworkPolicy/lockstep-run",
              "/spec/policyTypes/1",
              null,
              "no policy shuts it"),
          set(
              "a policy that opens to other pods",
              Rule.NETWORK,
              "dev",
              "NetworkPolicy/lockstep-run",
              "/spec/egress/0/to/0/podSelector/matchLabels",
              "{\"app.kubernetes.io/name\": \"postgres\"}",
              "others than the run's"),
          set(
              "a policy that opens every address to all",
              Rule.NETWORK,
              "dev",
              "NetworkPolicy/lockstep-driver-api",
              "/spec/podSelector/matchLabels",
              "{\"app.kubernetes.io/name\": \"lockstep\"}",
              "to the driver alone"),
          set(
              "a policy that opens more than the API server's ports",
              Rule.NETWORK,
              "dev",
              "NetworkPolicy/lockstep-driver-api",
              "/spec/egress/0/ports/0/port",
              "80",
              "API server's ports"),
          set(
              "a policy that opens only some ports between the run's pods",
              Rule.NETWORK,
              "dev",
              "NetworkPolicy/lockstep-run",
              "/spec/ingress/0/ports",
              "[{\"protocol\": \"TCP\", \"port\": 7078}]",
              "cannot be reached by"),
          set(
              "names from elsewhere",
              Rule.NETWORK,
              "dev",
              "NetworkPolicy/lockstep-run",
              "/spec/egress/1/to/0/podSelector/matchLabels/k8s-app",
              "\"bind\"",
              "the cluster's names"),
          set(
              "a scraper of no namespace",
              Rule.NETWORK,
              "cpu",
              METRICS,
              "/spec/ingress/0/from/0/namespaceSelector",
              null,
              "must say by labels who is let in"),
          set(
              "all pods of a namespace as scrapers",
              Rule.NETWORK,
              "cpu",
              METRICS,
              "/spec/ingress/0/from/0/podSelector",
              "{}",
              "must say by labels who is let in"),
          set(
              "a scraper at another port",
              Rule.NETWORK,
              "cpu",
              METRICS,
              "/spec/ingress/0/ports/0/port",
              "control",
              "may open the ports of figures"),
          set(
              "a scraper without ports, who would get all of them",
              Rule.NETWORK,
              "cpu",
              METRICS,
              "/spec/ingress/0/ports",
              null,
              "others than the run's"),
          set(
              "executors open to a scraper, who show it nothing",
              Rule.NETWORK,
              "cpu",
              METRICS,
              "/spec/podSelector/matchExpressions/0/values",
              "[driver, server, executor]",
              "opens to nothing on"),
          set(
              "a store's policy with another port open to every address",
              Rule.NETWORK,
              "object-store",
              STORE,
              "/spec/egress/0/ports/0/port",
              "80",
              "or for the object store's port 443, opens [80]"),
          new Breakage(
              "every address open to all pods where no store is used",
              Rule.NETWORK,
              "dev",
              o ->
                  o.with(
                      List.of(
                          Overlays.overlay("object-store")
                              .object("NetworkPolicy", "lockstep-run-store"))),
              "to the driver alone"),
          set(
              "a driver that may run as root",
              Rule.SECURITY,
              "dev",
              JOB,
              POD + "/securityContext/runAsNonRoot",
              null,
              "runAsNonRoot must be true"),
          set(
              "a root that can be written to",
              Rule.SECURITY,
              "cpu",
              SERVERS,
              CONTAINER + "/securityContext/readOnlyRootFilesystem",
              "false",
              "readOnlyRootFilesystem must be true"),
          set(
              "a SparkApplication's driver with privileges to gain",
              Rule.SECURITY,
              "cpu",
              APPLICATION,
              "/spec/driver/template/spec/containers/0/securityContext/allowPrivilegeEscalation",
              null,
              "allowPrivilegeEscalation must be false"),
          file(
              "executors without seccomp",
              Rule.SECURITY,
              "gpu",
              "lockstep-spark/executor.yaml",
              "type: RuntimeDefault",
              "type: Unconfined",
              "must be RuntimeDefault"),
          set(
              "servers with a token",
              Rule.SECURITY,
              "cpu",
              SERVERS,
              POD + "/automountServiceAccountToken",
              "true",
              "automountServiceAccountToken"),
          set(
              "a capability",
              Rule.SECURITY,
              "dev",
              JOB,
              CONTAINER + "/securityContext/capabilities/add",
              "[\"NET_ADMIN\"]",
              "no capability may be added"),
          set(
              "a folder of the node",
              Rule.SECURITY,
              "dev",
              JOB,
              POD + "/volumes/0",
              "{\"name\": \"scratch\", \"hostPath\": {\"path\": \"/tmp\"}}",
              "hostPath"),
          set(
              "a namespace that admits all",
              Rule.SECURITY,
              "dev",
              "Namespace/lockstep",
              "/metadata/labels/pod-security.kubernetes.io~1enforce",
              "\"baseline\"",
              "must enforce"),
          set(
              "a container without limits",
              Rule.SIZES,
              "cpu",
              SERVERS,
              CONTAINER + "/resources/limits",
              null,
              "limits.cpu is missing"),
          file(
              "executors without a limit of cores",
              Rule.SIZES,
              "dev",
              "lockstep-run/run.yaml",
              "spark.kubernetes.executor.limit.cores: 1",
              "",
              "limits.cpu is missing"),
          set(
              "memory that is limited beyond its request",
              Rule.SIZES,
              "cpu",
              SERVERS,
              CONTAINER + "/resources/limits/memory",
              "\"3Gi\"",
              "requested as it is limited"),
          set(
              "a heap as large as the container",
              Rule.SIZES,
              "dev",
              JOB,
              CONTAINER + "/args/8",
              "\"4g\"",
              "less than a fifth"),
          new Breakage(
              "both ways to start",
              Rule.START,
              "dev",
              o -> o.with(Overlays.overlay("cpu").all("SparkApplication")),
              "there are 2"),
          new Breakage(
              "no way to start",
              Rule.START,
              "cpu",
              o -> o.without("SparkApplication"),
              "there are 0"),
          set(
              "an option that the command does not have",
              Rule.START,
              "cpu",
              APPLICATION,
              "/spec/arguments/2",
              "\"--run-folder\"",
              "--run-folder"),
          set(
              "an option that the server does not have",
              Rule.START,
              "cpu",
              SERVERS,
              CONTAINER + "/args/2",
              "\"--driver\"",
              "--coordinator"),
          set(
              "fewer server pods than the run waits for",
              Rule.START,
              "cpu",
              SERVERS,
              "/spec/replicas",
              "1",
              "waits for 2 server pods, there are 1"),
          file(
              "servers of their own without pods",
              Rule.START,
              "dev",
              "lockstep-run/run.yaml",
              "placement: driver",
              "placement: processes",
              "there are 0"),
          file(
              "more workers than slots",
              Rule.START,
              "dev",
              "lockstep-run/run.yaml",
              "workers: 2",
              "workers: 4",
              "have 2 slots"),
          file(
              "a misspelled key of the run",
              Rule.START,
              "dev",
              "lockstep-run/run.yaml",
              "workers: 2",
              "worker: 2",
              "worker"),
          file(
              "a misspelled setting of Spark's",
              Rule.SETTINGS,
              "dev",
              "lockstep-spark/spark.conf",
              "spark.driver.port ",
              "spark.driver.ports ",
              "no setting spark.driver.ports"),
          file(
              "a setting of Spark's with a wrong value",
              Rule.SETTINGS,
              "dev",
              "lockstep-run/run.yaml",
              "spark.executor.cores: 1",
              "spark.executor.cores: one",
              "spark.executor.cores"),
          set(
              "another image for executors",
              Rule.SAMENESS,
              "dev",
              JOB,
              CONTAINER + "/env/3/value",
              "\"lockstep:0.0.9\"",
              "must have one image"),
          new Breakage(
              "an image without a tag",
              Rule.SAMENESS,
              "dev",
              o -> replacing(o, "lockstep:0.1.0", "lockstep"),
              "a tag that stays"),
          set(
              "a SparkApplication without one of the settings",
              Rule.SAMENESS,
              "cpu",
              APPLICATION,
              "/spec/sparkConf/spark.port.maxRetries",
              null,
              "sparkConf must be spark.conf"),
          set(
              "another template for its executors",
              Rule.SAMENESS,
              "cpu",
              APPLICATION,
              "/spec/executor/template/spec/volumes/0/emptyDir/sizeLimit",
              "\"1Gi\"",
              "executor.template must be executor.yaml"),
          file(
              "a run with the main example's name and another rate",
              Rule.SAMENESS,
              "dev",
              "lockstep-run/run.yaml",
              "learningRate: 0.001",
              "learningRate: 0.002",
              "run.yaml's optimizer must be the main example's"),
          file(
              "a run with the main example's name and less of it",
              Rule.SAMENESS,
              "object-store",
              "lockstep-run/run.yaml",
              "scale: {divide: 255}",
              "",
              "run.yaml's data must be the main example's"),
          file(
              "a run with the main example's name and more of it",
              Rule.SAMENESS,
              "gpu",
              "lockstep-run/run.yaml",
              "train: {epochs: 5",
              "clip: {type: value, maximum: 1}\ntrain: {epochs: 5",
              "run.yaml's clip must be the main example's"),
          set(
              "a driver that cannot name itself to the store",
              Rule.STORE,
              "object-store",
              JOB,
              CONTAINER + "/env/5/name",
              "AWS_ACCESS_KEY",
              "has no AWS_ACCESS_KEY_ID from a Secret"),
          file(
              "executors whose key is not of the Secret",
              Rule.STORE,
              "object-store",
              "lockstep-spark/executor.yaml",
              "valueFrom: {secretKeyRef: {name: lockstep-store, key: secret-key}}",
              "value: abc",
              "has no AWS_SECRET_ACCESS_KEY from a Secret"),
          file(
              "a store without its name",
              Rule.STORE,
              "object-store",
              "lockstep-run/run.yaml",
              "spark.hadoop.fs.s3a.endpoint",
              "spark.hadoop.fs.s3a.endpoints",
              "must name the store"),
          file(
              "a store at a port that no policy opens",
              Rule.STORE,
              "object-store",
              "lockstep-run/run.yaml",
              "https://s3.eu-central-1.amazonaws.com",
              "http://minio.minio.svc:9000",
              "no policy lets it reach port 9000"),
          set(
              "a run directory of another kind of store",
              Rule.STORE,
              "object-store",
              JOB,
              CONTAINER + "/args/25",
              "gs://lockstep-runs/runs/run",
              "an address of s3a"),
          new Breakage(
              "a claim beside the store",
              Rule.STORE,
              "object-store",
              o -> o.with(Overlays.overlay("dev").all("PersistentVolumeClaim")),
              "nobody mounts it"),
          set(
              "a volume beside the store",
              Rule.STORE,
              "object-store",
              SERVERS,
              POD + "/volumes/0",
              "{\"name\": \"scratch\", \"persistentVolumeClaim\": {\"claimName\": \"runs\"}}",
              "mounts a claim"),
          new Breakage(
              "pods without a budget",
              Rule.DISRUPTIONS,
              "dev",
              o -> o.without("PodDisruptionBudget"),
              "must have one disruption budget, has 0"),
          set(
              "a share of pods that nobody can count",
              Rule.DISRUPTIONS,
              "dev",
              "PodDisruptionBudget/lockstep-executors",
              "/spec/minAvailable",
              "\"50%\"",
              "by minAvailable"),
          file(
              "a budget for another number of executors",
              Rule.DISRUPTIONS,
              "dev",
              "lockstep-run/run.yaml",
              "spark.executor.instances: 2",
              "spark.executor.instances: 4",
              "minAvailable must be 3"));

  @ParameterizedTest
  @FieldSource("BREAKAGES")
  void theRuleFindsWhatIsBroken(Breakage breakage) {
    Overlay overlay = Overlays.overlay(breakage.overlay()).copy();
    Overlay broken = breakage.edit().apply(overlay);
    assertThat(broken).isNotEqualTo(Overlays.overlay(breakage.overlay()));
    assertThat(breakage.rule().findings(broken))
        .as(breakage.rule().sentence())
        .anySatisfy(finding -> assertThat(finding).contains(breakage.text()));
  }

  @Test
  void everyRuleHasABreakage() {
    Set<Rule> broken = EnumSet.noneOf(Rule.class);
    BREAKAGES.forEach(b -> broken.add(b.rule()));
    assertThat(broken).containsExactlyInAnyOrderElementsOf(Arrays.asList(Rule.values()));
  }

  /**
   * A value put in, or taken away.
   *
   * @param object its kind and name
   * @param pointer a JSON pointer
   * @param value YAML; null takes away what is there
   */
  private static Breakage set(
      String name,
      Rule rule,
      String overlay,
      String object,
      String pointer,
      @org.jspecify.annotations.Nullable String value,
      String text) {
    return new Breakage(
        name,
        rule,
        overlay,
        o -> {
          String[] parts = object.split("/", -1);
          put(o.object(parts[0], parts[1]), pointer, value);
          return o;
        },
        text);
  }

  private static void put(
      ObjectNode object, String pointer, @org.jspecify.annotations.Nullable String value) {
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = object.at(pointer.substring(0, slash));
    String field = pointer.substring(slash + 1).replace("~1", "/");
    JsonNode node = value == null ? null : Yaml.document("v: " + value).get("v");
    if (parent instanceof ArrayNode list) {
      if (node == null) {
        list.remove(Integer.parseInt(field));
      } else {
        list.set(Integer.parseInt(field), node);
      }
    } else if (node == null) {
      assertThat(((ObjectNode) parent).remove(field)).as(pointer).isNotNull();
    } else {
      ((ObjectNode) parent).set(field, node);
    }
  }

  /**
   * A text in a ConfigMap's file changed.
   *
   * @param file the ConfigMap and its key
   */
  private static Breakage file(
      String name, Rule rule, String overlay, String file, String from, String to, String text) {
    return new Breakage(
        name,
        rule,
        overlay,
        o -> {
          String[] parts = file.split("/", -1);
          String content = o.file(parts[0], parts[1]);
          assertThat(content).contains(from);
          o.file(parts[0], parts[1], content.replace(from, to));
          return o;
        },
        text);
  }

  private static Overlay replacing(Overlay overlay, String from, String to) {
    return new Overlay(
        overlay.name(),
        overlay.objects().stream()
            .map(o -> Yaml.document(o.toString().replace(from + "\"", to + "\"")))
            .toList());
  }
}
