package io.lockstep.driver.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What needs no Spark; the rest is in deploy's LocalClusterIT, which has Spark's jars. */
class LocalClusterTest {
  @TempDir Path folder;

  @Test
  void stoppingWhereNothingRunsSaysHowToStart() {
    assertThatThrownBy(() -> LocalCluster.running(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "no cluster to stop: "
                + folder.resolve("cluster.json")
                + " does not exist (start one with 'lockstep cluster start', or name its directory"
                + " with --dir)");
  }

  @Test
  void startingInADirectoryWithOtherFilesIsRefusedAndLeavesThem() throws IOException {
    Path other = Files.writeString(folder.resolve("thesis.tex"), "years of work");
    assertThatThrownBy(() -> LocalCluster.start(emptySpark().in(folder)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("the cluster's directory must be empty or absent, found " + other);
    assertThat(other).hasContent("years of work");
  }

  @Test
  void startingBesideALivingClusterIsRefusedAndLeavesIt() throws IOException {
    Daemon living = Daemon.of("master", ProcessHandle.current());
    new ClusterState("spark://127.0.0.1:7", "http://127.0.0.1:8", List.of(living)).write(folder);
    assertThatThrownBy(() -> LocalCluster.start(emptySpark().in(folder)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "a cluster already runs at spark://127.0.0.1:7 ("
                + folder
                + "): stop it with 'lockstep cluster stop', or start another with --dir");
    assertThat(LocalCluster.running(folder).daemons()).containsExactly(ProcessHandle.current());
  }

  @Test
  void aProcessThatGotTheNumberOfADaemonIsNotTheDaemon() {
    long pid = ProcessHandle.current().pid();
    assertThat(Daemon.of("master", ProcessHandle.current()).process()).isPresent();
    assertThat(new Daemon("master", pid, 1).process()).isEmpty();
  }

  @Test
  void aSparkWithoutItsClassesFailsWithTheLauncherSLogAndLeavesNothing() throws IOException {
    Path directory = folder.resolve("cluster");
    ClusterSettings settings = emptySpark().in(directory);
    assertThatThrownBy(() -> LocalCluster.start(settings))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Spark's launcher in " + settings.sparkHome() + " made no command")
        .hasMessageContaining("org.apache.spark.launcher.Main");
    assertThat(directory).doesNotExist();
  }

  @Test
  void impossibleSettingsAreRefusedWithTheirValue() throws IOException {
    ClusterSettings settings = emptySpark();
    assertThatThrownBy(() -> settings.withWorkers(0))
        .hasMessage("workers must be at least 1, got 0");
    assertThatThrownBy(() -> settings.withResources(0, 1024))
        .hasMessage("cores-per-worker must be at least 1, got 0");
    assertThatThrownBy(() -> settings.withResources(1, 100))
        .hasMessage("memory must be at least 512m, less starts no executor, got 100m");
    assertThatThrownBy(() -> ClusterSettings.of(folder.resolve("nowhere")))
        .hasMessage(
            "SPARK_HOME must have a folder jars, got "
                + folder.resolve("nowhere")
                + ": set it to a Spark 4.1");
  }

  @Test
  void memoryIsReadInMegabytesAndGigabytes() {
    assertThat(ClusterCommand.megabytes("1500m")).isEqualTo(1500);
    assertThat(ClusterCommand.megabytes("2G")).isEqualTo(2048);
    for (String wrong : List.of("2", "g", "-1g", "2 g", "2gb", "")) {
      assertThatThrownBy(() -> ClusterCommand.megabytes(wrong))
          .hasMessage("memory must be a number followed by m or g, as 2g, got '" + wrong + "'");
    }
  }

  @Test
  void clusterWithoutStartOrStopIsAWrongCommandLine() {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(new ClusterCommand()).setErr(new PrintWriter(said));
    assertThat(line.execute()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(said.toString()).startsWith("cluster needs a command: start or stop");
  }

  private ClusterSettings emptySpark() throws IOException {
    Path spark = folder.resolveSibling(folder.getFileName() + "-spark");
    Files.createDirectories(spark.resolve("jars"));
    spark.toFile().deleteOnExit();
    spark.resolve("jars").toFile().deleteOnExit();
    return new ClusterSettings(
        1, 1, 1024, folder, spark, java.util.Map.of(), Duration.ofSeconds(20));
  }
}
