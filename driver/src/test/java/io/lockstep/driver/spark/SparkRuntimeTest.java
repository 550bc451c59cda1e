package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.ClusterSection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Spark-submit's properties are the system's, as it sets them for its application. */
class SparkRuntimeTest {
  private static final ClusterSection CLUSTER =
      DataCase.configuration(
              3, 4, "train: {format: csv, path: a.csv, label: y}", "labels: {regression: true}")
          .cluster();

  @AfterEach
  void forget() {
    System.clearProperty("spark.master");
    System.clearProperty("spark.locality.wait");
  }

  @Test
  void localGivesEachWorkerASlot() {
    assertThat(SparkRuntime.master(CLUSTER)).isEqualTo("local[1,1000000]");
    assertThat(SparkRuntime.settings(CLUSTER)).containsEntry("spark.driver.host", "127.0.0.1");
  }

  @Test
  void theMasterGivenToSparkSubmitWins() {
    System.setProperty("spark.master", "spark://host:7077");
    assertThat(SparkRuntime.master(CLUSTER)).isEqualTo("spark://host:7077");
    assertThat(SparkRuntime.settings(CLUSTER)).containsKey("spark.task.cpus");
  }

  @Test
  void aSettingGivenToSparkSubmitIsLeftAsItIs() {
    assertThat(SparkRuntime.settings(CLUSTER)).containsEntry("spark.locality.wait", "0");
    System.setProperty("spark.locality.wait", "3s");
    assertThat(SparkRuntime.settings(CLUSTER)).doesNotContainKey("spark.locality.wait");
  }

  @Test
  void executorsAreSentTheUsersJars() {
    assertThat(SparkRuntime.jars("/a/loss.jar" + java.io.File.pathSeparator + "/b/more.jar"))
        .endsWith("file:///a/loss.jar", "file:///b/more.jar");
    assertThat(SparkRuntime.jars("")).noneMatch(jar -> jar.contains("loss.jar"));
  }
}
