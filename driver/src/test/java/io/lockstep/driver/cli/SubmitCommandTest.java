package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.cli.LockstepTest.Output;
import io.lockstep.driver.submit.DeployMode;
import io.lockstep.driver.submit.SubmitLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitCommandTest {
  private static final String IRIS = "../deploy/examples/iris.yaml";

  @TempDir Path folder;

  @Test
  void inClientModeTheLineSaysWhatTheUserHasTyped() {
    Output output =
        LockstepTest.run(
            "submit",
            IRIS,
            "--master",
            "spark://host:7077",
            "--run-dir",
            "/runs/1",
            "--print",
            "--set",
            "cluster.workers=2");
    assertThat(output.code()).isZero();
    assertThat(output.err()).isEmpty();
    assertThat(output.out())
        .contains("spark-submit \\\n  --master spark://host:7077 \\\n  --deploy-mode client")
        .contains("--conf spark.cores.max=2")
        .endsWith(
            " train "
                + IRIS
                + " --set cluster.workers=2 --run-dir /runs/1"
                + System.lineSeparator());
  }

  @Test
  void inClusterModeTheConfigurationTravelsResolved() {
    Output output =
        LockstepTest.run(
            "submit",
            IRIS,
            "--master",
            "yarn",
            "--deploy-mode",
            "cluster",
            "--run-dir",
            "hdfs://name/runs/1",
            "--print",
            "--set",
            "seed=77");
    assertThat(output.code()).isZero();
    String inline = output.out().replaceFirst("(?s).*'(data:[^']*)'.*", "$1");
    RunConfiguration sent = ConfigurationFile.load(inline, List.of());
    assertThat(sent.toYaml())
        .isEqualTo(ConfigurationFile.load(Path.of(IRIS), List.of("seed=77")).toYaml());
    assertThat(sent.toYaml())
        .contains("file:" + Path.of("..").toAbsolutePath().normalize() + "/deploy/examples/data");
    assertThat(output.out().strip()).endsWith(" --run-dir hdfs://name/runs/1");
  }

  @Test
  void aWrongLineIsOneMessage() {
    assertThat(LockstepTest.run("submit", IRIS, "--master", "yarn", "--conf", "memory=1g").err())
        .isEqualTo(
            "lockstep: --conf must be spark.NAME=VALUE, got 'memory=1g'" + System.lineSeparator());
    assertThat(LockstepTest.run("submit", IRIS, "--master", "yarn", "--resume"))
        .satisfies(output -> assertThat(output.code()).isEqualTo(2))
        .extracting(Output::err)
        .asString()
        .startsWith("lockstep: --resume needs --run-dir");
  }

  @Test
  void aConfigurationInTheCommandLineIsOfOneForm() {
    assertThatThrownBy(() -> InlineConfiguration.decode("data:,name: a"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "a configuration in the command line must begin with data:application/yaml;base64,, got"
                + " 'data:,name: a'");
    assertThatThrownBy(() -> InlineConfiguration.decode("data:application/yaml;base64,***"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("must be base64 after");
    assertThat(InlineConfiguration.decode(InlineConfiguration.encode("name: größe")))
        .isEqualTo("name: größe");
  }

  @Test
  void settingsOfSparkSubmitsFilesAreRead() throws IOException {
    Files.writeString(
        folder.resolve("spark-defaults.conf"),
        "# mine\nspark.executor.memory   3g\nspark.a=b\nother 1\n");
    assertThat(SparkDefaults.read(Optional.empty(), Map.of("SPARK_CONF_DIR", folder.toString())))
        .isEqualTo(Map.of("spark.executor.memory", "3g", "spark.a", "b"));
    assertThat(SparkDefaults.read(Optional.empty(), Map.of("SPARK_HOME", "/nowhere"))).isEmpty();
    assertThatThrownBy(() -> SparkDefaults.read(Optional.of(folder.resolve("none.conf")), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--properties-file must be a file, got ");
  }

  @Test
  void theDriverOnAClusterIsNotGivenThisMachinesAddress() {
    SubmitLine line =
        new SubmitLine(
            new TreeMap<>(Map.of("OMP_NUM_THREADS", "1")), List.of(), List.of(), List.of());
    SparkSubmitProcess process =
        new SparkSubmitProcess(Map.of("SPARK_LOCAL_IP", "10.0.0.1", "HOME", "/me"));
    assertThat(process.childEnvironment(line, "spark://far:7077", DeployMode.CLUSTER))
        .containsEntry("OMP_NUM_THREADS", "1")
        .containsEntry("HOME", "/me")
        .doesNotContainKey("SPARK_LOCAL_IP");
    assertThat(process.childEnvironment(line, "spark://127.0.0.1:7077", DeployMode.CLUSTER))
        .containsKey("SPARK_LOCAL_IP");
    assertThat(process.childEnvironment(line, "spark://far:7077", DeployMode.CLIENT))
        .containsKey("SPARK_LOCAL_IP");
  }
}
