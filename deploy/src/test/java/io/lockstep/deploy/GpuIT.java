package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.cluster.ClusterSettings;
import io.lockstep.driver.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark's resource scheduling with GPUs that only a discovery script has seen. */
class GpuIT {
  @TempDir Path folder;

  @Test
  void aTaskIsGivenOneOfTheMachinesGpusAndABuildForTheCpuRefusesThem() throws Exception {
    Path script =
        Files.writeString(
            folder.resolve("gpus.sh"),
            "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"2\", \"5\"]}'\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    ClusterSettings settings =
        ClusterSettings.of(Installation.sparkHome())
            .withWorkers(1)
            .in(folder.resolve("cluster"))
            .withWorkerSettings(
                Map.of(
                    "spark.worker.resource.gpu.amount",
                    "2",
                    "spark.worker.resource.gpu.discoveryScript",
                    script.toString()));
    try (LocalCluster cluster = LocalCluster.start(settings)) {
      String given = submit(cluster.master(), GpuJob.class.getName(), 0);
      assertThat(given).containsPattern("\ngpus \\[[25], [25], [25], [25]\\]\n");
      String refused =
          submit(
              cluster.master(),
              "io.lockstep.driver.Main",
              2,
              "train",
              "deploy/examples/iris.yaml",
              "--run-dir",
              folder.resolve("run").toString());
      assertThat(refused)
          .contains(
              "lockstep: spark.task.resource.gpu.amount must be left out, got 1: the run computes"
                  + " on the CPU");
    }
  }

  private String submit(String master, String main, int code, String... arguments)
      throws IOException, InterruptedException {
    String classes = Installation.testClasses() + ":" + Installation.applicationJar();
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Installation.jvmOptions(),
                "-Xmx512m",
                "-cp",
                classes + ":" + Installation.sparkHome() + "/jars/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                master,
                "--conf",
                "spark.executor.memory=512m",
                "--conf",
                "spark.executor.extraClassPath=" + classes,
                "--conf",
                "spark.executor.resource.gpu.amount=2",
                "--conf",
                "spark.task.resource.gpu.amount=1",
                "--class",
                main,
                "spark-internal"));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output-" + code);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Installation.root().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_LOCAL_IP", "127.0.0.1", "SPARK_HOME", Installation.sparkHome().toString()));
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isEqualTo(code);
    return text;
  }
}
