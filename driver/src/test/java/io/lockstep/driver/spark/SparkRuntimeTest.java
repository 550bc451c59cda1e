package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import java.io.File;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Spark is told; the master that spark-submit was told is a property of the system. */
class SparkRuntimeTest {
  private static final RunConfiguration RUN =
      DataCase.configuration(
          3, 4, "train: {format: csv, path: a.csv, label: y}", "labels: {regression: true}");
  private static final RunConfiguration ON_A_CLUSTER =
      RunConfiguration.parse(
          RUN.toYaml()
              .replace("master: local", "master: spark://host:7077")
              .replace("  threads: 1", "  threads: 2\n  spark: {spark.locality.wait: 7s}"),
          "test");

  @AfterEach
  void forget() {
    System.clearProperty("spark.master");
  }

  @Test
  void localGivesEachWorkerASlot() {
    assertThat(SparkRuntime.master(RUN.cluster())).isEqualTo("local[1,1000000]");
    assertThat(SparkRuntime.settings(RUN, Map.of()))
        .containsEntry("spark.driver.host", "127.0.0.1")
        .containsEntry("spark.ui.enabled", "false")
        .doesNotContainKeys("spark.executor.memory", "spark.jars");
  }

  @Test
  void theMasterGivenToSparkSubmitWins() {
    System.setProperty("spark.master", "spark://host:7077");
    assertThat(SparkRuntime.master(RUN.cluster())).isEqualTo("spark://host:7077");
    assertThat(SparkRuntime.settings(RUN, Map.of())).containsEntry("spark.task.cpus", "1");
  }

  @Test
  void settingsOfSparkSubmitWinOverThoseOfTheConfigurationAndTheseOverOurs() {
    assertThat(SparkRuntime.settings(RUN, Map.of())).containsEntry("spark.locality.wait", "0");
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of()))
        .containsEntry("spark.locality.wait", "7s");
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of("spark.locality.wait", "3s")))
        .doesNotContainKey("spark.locality.wait");
  }

  @Test
  void aUsersPluginsComeBeforeOurs() {
    String ours = LockstepPlugin.class.getName();
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of())).containsEntry("spark.plugins", ours);
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of("spark.plugins", "a.B, c.D,")))
        .containsEntry("spark.plugins", "a.B,c.D," + ours);
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of("spark.plugins", ours + ",a.B")))
        .containsEntry("spark.plugins", ours + ",a.B");
    RunConfiguration configured =
        RunConfiguration.parse(
            ON_A_CLUSTER.toYaml().replace("spark.locality.wait: 7s", "spark.plugins: a.B"), "test");
    assertThat(SparkRuntime.settings(configured, Map.of()))
        .containsEntry("spark.plugins", "a.B," + ours);
  }

  @Test
  void aStandaloneClusterSExecutorsKeepTheirSizeUnlessTheirCoresAreNamed() {
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of()))
        .containsEntry("spark.task.cpus", "2")
        .doesNotContainKeys("spark.executor.cores", "spark.executor.memory", "spark.cores.max");
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of("spark.executor.cores", "4")))
        .containsKeys("spark.executor.memory", "spark.executor.memoryOverhead")
        .hasEntrySatisfying(
            "spark.executor.extraJavaOptions",
            options -> assertThat(options).contains("-Dorg.bytedeco.javacpp.maxphysicalbytes="));
  }

  @Test
  void onYarnExecutorsAreSizedAsTheCommandSubmitWouldHave() {
    System.setProperty("spark.master", "yarn");
    assertThat(SparkRuntime.settings(RUN, Map.of()))
        .containsEntry("spark.executor.instances", "1")
        .containsEntry("spark.executor.cores", "1")
        .containsKeys("spark.executor.memory", "spark.executor.memoryOverhead");
  }

  @Test
  void executorsAreSentTheJarsThatSparkSubmitDoesNotSend() {
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, Map.of())).containsKey("spark.jars");
    assertThat(
            SparkRuntime.settings(
                ON_A_CLUSTER, Map.of("spark.submit.deployMode", "client", "spark.jars", "a.jar")))
        .doesNotContainKey("spark.jars");
    assertThat(ApplicationJars.ofTheUser("/a/loss.jar" + File.pathSeparator + "/b/more.jar"))
        .containsExactly("/a/loss.jar", "/b/more.jar");
    assertThat(ApplicationJars.ofTheUser("")).isEmpty();
  }

  @Test
  void jarsInPlaceAreNotSent() {
    Map<String, String> submitted =
        Map.of(
            "spark.submit.deployMode",
            "cluster",
            "spark.lockstep.jarsInPlace",
            "/opt/lockstep",
            "spark.jars",
            "file:/opt/lockstep/lockstep-1.jar,local:///opt/lockstep/lockstep-1.jar,file:/b/loss.jar");
    assertThat(SparkRuntime.settings(ON_A_CLUSTER, submitted))
        .containsEntry("spark.jars", "file:/b/loss.jar");
  }

  @Test
  void aSettingThatWouldBreakTheRunIsRefused() {
    assertThatThrownBy(
            () -> SparkRuntime.settings(ON_A_CLUSTER, Map.of("spark.speculation", "true")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("spark.speculation must be false, got true");
  }

  @Test
  void aDriverWithoutSparksModuleOptionsIsRefused() {
    assertThatThrownBy(() -> SparkRuntime.requireOpenModules(false))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "the driver's JVM was started without Spark's module options (java.nio is closed)");
  }
}
