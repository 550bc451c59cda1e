package io.lockstep.driver.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkSubmit;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Each line is read by Spark's own parser, and prepared as its submit would before it starts. */
class SubmissionTest {
  private static final Map<String, String> IMAGE =
      Map.of("spark.kubernetes.container.image", "lockstep:1");

  @TempDir Path folder;

  @BeforeEach
  void letSparkPrepareForClusterManagersWhoseClassesAreNotHere() {
    System.setProperty("spark.testing", "true");
  }

  @AfterEach
  void forget() {
    System.clearProperty("spark.testing");
  }

  /** What Spark starts. */
  private record Prepared(String main, List<String> arguments, SparkConf conf) {}

  private static SparkSubmitArguments parse(SubmitLine line) {
    return new SparkSubmitArguments(
        CollectionConverters.asScala(line.arguments()).toSeq(),
        scala.collection.immutable.Map$.MODULE$.<String, String>empty());
  }

  private static Prepared prepare(SubmitLine line) {
    Tuple4<Seq<String>, Seq<String>, SparkConf, String> prepared =
        new SparkSubmit().prepareSubmitEnvironment(parse(line), Option.empty());
    return new Prepared(prepared._4(), CollectionConverters.asJava(prepared._1()), prepared._3());
  }

  private Submission shipped(String master, DeployMode mode, Map<String, String> conf)
      throws Exception {
    Path jar = Files.writeString(folder.resolve("lockstep-1.jar"), "");
    Submission there = Submitted.to(master, mode, conf);
    return new Submission(
        there.run(),
        master,
        mode,
        conf,
        Map.of(),
        null,
        jar.toString(),
        null,
        List.of(),
        there.arguments());
  }

  @Test
  void inClientModeSparkStartsLockstepItself() throws Exception {
    Prepared prepared = prepare(shipped("spark://host:7077", DeployMode.CLIENT, Map.of()).line());
    assertThat(prepared.main()).isEqualTo("io.lockstep.driver.Main");
    assertThat(prepared.arguments()).containsExactly("train", "wine.yaml", "--run-dir", "/runs/1");
    assertThat(prepared.conf().get("spark.jars")).endsWith("/lockstep-1.jar");
    assertThat(prepared.conf().get("spark.app.name")).isEqualTo("two-words");
    assertThat(prepared.conf().get("spark.cores.max")).isEqualTo("8");
    assertThat(prepared.conf().get("spark.executor.cores")).isEqualTo("2");
    assertThat(prepared.conf().get("spark.task.cpus")).isEqualTo("2");
    assertThat(prepared.conf().get("spark.ui.port")).isEqualTo("4050");
    NativeSettings.chosen()
        .environment()
        .forEach(
            (name, value) ->
                assertThat(prepared.conf().get("spark.executorEnv." + name)).isEqualTo(value));
  }

  @Test
  void aStandaloneClusterSDriverIsWaitedFor() throws Exception {
    SubmitLine line = shipped("spark://host:7077", DeployMode.CLUSTER, Map.of()).line();
    Prepared prepared = prepare(line);
    assertThat(prepared.main()).isEqualTo("org.apache.spark.deploy.ClientApp");
    assertThat(prepared.arguments())
        .contains("launch", "spark://host:7077", "io.lockstep.driver.Main")
        .endsWith("train", "wine.yaml", "--run-dir", "/runs/1");
    assertThat(prepared.conf().get("spark.standalone.submit.waitAppCompletion")).isEqualTo("true");
    assertThat(prepared.conf().get("spark.driver.extraJavaOptions"))
        .contains("--add-opens=java.base/java.nio=ALL-UNNAMED");
    assertThat(line.notes()).singleElement().asString().startsWith("a standalone cluster does not");
  }

  @Test
  void onYarnTheDriverSEnvironmentIsTheApplicationMasterS() throws Exception {
    Prepared prepared = prepare(shipped("yarn", DeployMode.CLUSTER, Map.of()).line());
    assertThat(prepared.main()).isEqualTo("org.apache.spark.deploy.yarn.YarnClusterApplication");
    assertThat(prepared.arguments())
        .containsSubsequence("--class", "io.lockstep.driver.Main")
        .containsSubsequence("--arg", "train", "--arg", "wine.yaml");
    assertThat(prepared.conf().get("spark.yarn.appMasterEnv.OMP_NUM_THREADS")).isEqualTo("1");
    assertThat(prepared.conf().get("spark.executor.instances")).isEqualTo("4");
    assertThat(prepared.conf().get("spark.executor.memoryOverhead")).isEqualTo("576m");
  }

  @Test
  void onKubernetesTheImageSJarIsNamedInPlace() {
    Prepared prepared =
        prepare(Submitted.inPlace("k8s://https://host:6443", DeployMode.CLUSTER, IMAGE).line());
    assertThat(prepared.main())
        .isEqualTo("org.apache.spark.deploy.k8s.submit.KubernetesClientApplication");
    assertThat(prepared.arguments())
        .containsSubsequence("--primary-java-resource", "local:/opt/lockstep/lockstep-1.jar")
        .containsSubsequence("--main-class", "io.lockstep.driver.Main");
    assertThat(prepared.conf().get("spark.kubernetes.driverEnv.OPENBLAS_CORETYPE"))
        .isEqualTo(NativeSettings.chosen().environment().get("OPENBLAS_CORETYPE"));
    assertThat(prepared.conf().get("spark.executor.extraClassPath")).isEqualTo("/opt/lockstep/*");
    assertThat(prepared.conf().get("spark.driver.extraClassPath")).isEqualTo("/opt/lockstep/*");
  }

  @Test
  void kubernetesWithoutAnImageIsRefused() {
    assertThatThrownBy(
            () -> Submitted.to("k8s://https://host:6443", DeployMode.CLUSTER, Map.of()).line())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--conf spark.kubernetes.container.image=NAME");
  }

  @Test
  void aStandaloneDriverIsGivenTheJarInPlaceAsAFile() {
    SubmitLine line = Submitted.inPlace("spark://host:7077", DeployMode.CLUSTER, Map.of()).line();
    assertThat(parse(line).primaryResource()).isEqualTo("file:/opt/lockstep/lockstep-1.jar");
    assertThat(line.setting(Submission.IN_PLACE)).isEqualTo("/opt/lockstep");
    assertThat(line.notes()).isEmpty();
    assertThat(line.arguments()).containsSubsequence("--jars", "/home/me/loss.jar");
  }

  @Test
  void localHasNoExecutorsToSize() {
    SubmitLine line = Submitted.to("local[4]", DeployMode.CLIENT, Map.of()).line();
    assertThat(line.setting("spark.executor.memory")).isEmpty();
    assertThatThrownBy(() -> Submitted.to("local[4]", DeployMode.CLUSTER, Map.of()).line())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--deploy-mode cluster needs a cluster, got --master local[4]");
  }

  @Test
  void aSettingOfTheUserWinsWhereTheRunBearsIt() {
    SubmitLine line =
        Submitted.to(
                "yarn",
                DeployMode.CLIENT,
                Map.of("spark.executor.memory", "3g", "spark.ui.port", "4060"))
            .line();
    assertThat(line.setting("spark.executor.memory")).isEqualTo("3g");
    assertThat(line.setting("spark.ui.port")).isEqualTo("4060");
    assertThat(line.setting("spark.executor.extraJavaOptions")).contains("maxphysicalbytes=3648m");
  }

  @Test
  void whatTheUsersFileSaysIsNotSaidAgain() {
    Submission submission = Submitted.to("yarn", DeployMode.CLIENT, Map.of());
    SubmitLine line =
        new Submission(
                submission.run(),
                "yarn",
                DeployMode.CLIENT,
                Map.of(),
                Map.of("spark.executor.memory", "3g"),
                "/etc/spark.conf",
                submission.jar(),
                null,
                List.of(),
                submission.arguments())
            .line();
    assertThat(line.setting("spark.executor.memory")).isEmpty();
    assertThat(line.setting("spark.executor.extraJavaOptions")).contains("maxphysicalbytes=3648m");
    assertThat(line.arguments()).containsSubsequence("--properties-file", "/etc/spark.conf");
  }

  @Test
  void whatBreaksTheRunOrItsBitsIsRefused() {
    assertThatThrownBy(
            () ->
                Submitted.to("yarn", DeployMode.CLIENT, Map.of("spark.speculation", "true")).line())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("spark.speculation must be false, got true: ");
    assertThatThrownBy(
            () ->
                Submitted.to(
                        "yarn", DeployMode.CLIENT, Map.of("spark.executorEnv.OMP_NUM_THREADS", "4"))
                    .line())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "spark.executorEnv.OMP_NUM_THREADS must be 1, got 4: another value gives other bits");
    assertThatThrownBy(
            () ->
                Submitted.to(
                        "spark://host:6066",
                        DeployMode.CLUSTER,
                        Map.of("spark.master.rest.enabled", "true"))
                    .line())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "spark.master.rest.enabled must be false for --deploy-mode cluster");
    assertThatThrownBy(
            () ->
                Submitted.to("yarn", DeployMode.CLIENT, Map.of("spark.driver.memory", "256m"))
                    .line())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("spark.driver.memory must be at least 513m");
    assertThatThrownBy(() -> Submitted.to("mesos://host", DeployMode.CLIENT, Map.of()).line())
        .hasMessage(
            "the master must be local, spark://HOST:PORT, yarn or k8s://URL, got 'mesos://host'");
  }

  @Test
  void aSecretThatStaysHereIsSaid() {
    Submission there = Submitted.to("yarn", DeployMode.CLUSTER, Map.of());
    Submission processes =
        new Submission(
            Submitted.run("cluster.placement=processes"),
            "yarn",
            DeployMode.CLUSTER,
            Map.of(),
            Map.of(),
            null,
            there.jar(),
            null,
            List.of(),
            there.arguments());
    assertThat(processes.line().notes())
        .singleElement()
        .asString()
        .startsWith("the driver on the cluster does not get LOCKSTEP_SECRET from here: ");
  }

  @Test
  void theLineIsShownAsAShellTakesIt() {
    String shown = Submitted.to("spark://host:7077", DeployMode.CLIENT, Map.of()).line().show();
    assertThat(shown)
        .contains("OMP_NUM_THREADS=1 ")
        .contains("spark-submit \\\n  --master spark://host:7077 \\\n  --deploy-mode client")
        .contains("--name two-words")
        .contains("  --conf 'spark.executor.extraJavaOptions=-XX:+UseTransparentHugePages ")
        .endsWith("/opt/build/lockstep-1.jar train wine.yaml --run-dir /runs/1");
  }
}
