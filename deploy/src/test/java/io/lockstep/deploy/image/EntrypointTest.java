package io.lockstep.deploy.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The entrypoint with a java on its path that only shows what it was given, a line a word. */
class EntrypointTest {
  private static final Path IMAGE = Path.of("image").toAbsolutePath();

  /** Says its arguments; as Spark's launcher it writes a command that does the same. */
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      case "$*" in
        *'launcher.Main org.apache.spark.deploy.SparkSubmit --bad'*) exit 1 ;;
        *org.apache.spark.launcher.Main*)
          printf '\\0\\n'; printf '%s\\0' "$0" submitted "-Dtwo words" "${@:5}" ;;
        *) printf '%s\\n' "$@" "OMP_NUM_THREADS=$OMP_NUM_THREADS" "ISA=$DNNL_MAX_CPU_ISA" \\
             "DIST=${SPARK_DIST_CLASSPATH:-}" ;;
      esac
      """;

  @TempDir private Path folder;

  private record Result(int code, List<String> out, String err) {}

  @BeforeEach
  void makeJava() throws IOException {
    Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
    Files.writeString(java, JAVA);
    assertThat(java.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void lockstepIsTheCommandLine() {
    Result result =
        run(Map.of("LOCKSTEP_HEAP", "3g"), "lockstep", "server", "--coordinator", "driver:7090");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith("@/opt/lockstep/jvm.options", "-Xmx3g")
        .containsSequence("io.lockstep.driver.Main", "server", "--coordinator", "driver:7090")
        .contains(
            "/opt/spark/conf:/opt/spark/jars/*:/opt/lockstep/lib/*:/opt/lockstep/third-party/*:/opt/lockstep/jars/*",
            "OMP_NUM_THREADS=1",
            "ISA=AVX2");
  }

  @Test
  void anExecutorIsWhatSparksEnvironmentSays() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("SPARK_DRIVER_URL", "spark://CoarseGrainedScheduler@lockstep-driver:7078");
    environment.put("SPARK_EXECUTOR_ID", "3");
    environment.put("SPARK_EXECUTOR_CORES", "4");
    environment.put("SPARK_EXECUTOR_MEMORY", "3072m");
    environment.put("SPARK_APPLICATION_ID", "spark-1");
    environment.put("SPARK_EXECUTOR_POD_IP", "10.0.0.9");
    environment.put("SPARK_EXECUTOR_POD_NAME", "train-exec-3");
    environment.put("SPARK_RESOURCE_PROFILE_ID", "0");
    environment.put("SPARK_CLASSPATH", "/opt/own.jar");
    for (int i = 0; i < 12; i++) {
      environment.put("SPARK_JAVA_OPT_" + i, "-Doption" + i + "=a b");
    }
    Result result = run(environment, "executor");
    assertThat(result.err()).isEmpty();
    assertThat(result.out().subList(0, 16))
        .as("options in the order of their numbers, as one word each")
        .containsExactly(
            "-Doption0=a b",
            "-Doption1=a b",
            "-Doption2=a b",
            "-Doption3=a b",
            "-Doption4=a b",
            "-Doption5=a b",
            "-Doption6=a b",
            "-Doption7=a b",
            "-Doption8=a b",
            "-Doption9=a b",
            "-Doption10=a b",
            "-Doption11=a b",
            "-Xms3072m",
            "-Xmx3072m",
            "-cp",
            "/opt/spark/conf:/opt/spark/jars/*:/opt/lockstep/lib/*:/opt/lockstep/third-party/*:/opt/lockstep/jars/*"
                + ":/opt/own.jar");
    assertThat(String.join(" ", result.out().subList(16, 31)))
        .isEqualTo(
            "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend"
                + " --driver-url spark://CoarseGrainedScheduler@lockstep-driver:7078"
                + " --executor-id 3 --cores 4 --app-id spark-1 --hostname 10.0.0.9"
                + " --resourceProfileId 0 --podName train-exec-3");
  }

  @Test
  void aDriverIsSubmittedInClientModeOnItsPodsAddress() {
    Result result =
        run(
            Map.of("SPARK_DRIVER_BIND_ADDRESS", "10.0.0.7"),
            "driver",
            "--properties-file",
            "/opt/spark/conf/spark.properties",
            "--class",
            "io.lockstep.driver.Main",
            "local:///x.jar",
            "train",
            "two words.yaml");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .containsSequence(
            "submitted",
            "-Dtwo words",
            "org.apache.spark.deploy.SparkSubmit",
            "--conf",
            "spark.driver.bindAddress=10.0.0.7",
            "--deploy-mode",
            "client",
            "--properties-file",
            "/opt/spark/conf/spark.properties")
        .containsSequence("train", "two words.yaml")
        .contains("DIST=/opt/lockstep/lib/*:/opt/lockstep/third-party/*:/opt/lockstep/jars/*");
  }

  @Test
  void whatTheLauncherRefusesEndsWithItsCode() {
    assertThat(run(Map.of(), "spark-submit", "--bad").code()).isEqualTo(1);
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThat(run(Map.of(), "executor").err())
        .contains("SPARK_DRIVER_URL")
        .contains("is set by Spark on Kubernetes");
    assertThat(run(Map.of(), "driver").err()).contains("SPARK_DRIVER_BIND_ADDRESS");
    assertThat(run(Map.of()).err()).contains("a command is missing");
    assertThat(run(Map.of("LOCKSTEP_INSTRUCTION_SET", "MMX"), "lockstep").err())
        .contains("must be SSE42, AVX2 or AVX512, got 'MMX'");
  }

  @Test
  void anotherProgramIsRun() {
    assertThat(run(Map.of(), "echo", "a  b").out()).containsExactly("a  b");
  }

  @Test
  void gpusAreToldAsSparkReadsThem() throws IOException {
    Path program = folder.resolve("bin/nvidia-smi");
    Files.writeString(program, "#!/bin/sh\nprintf '0\\n1\\n'\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Map<String, String> path = Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
    assertThat(run(path, IMAGE.resolve("find-gpus").toString()).out())
        .containsExactly("{\"name\": \"gpu\", \"addresses\": [\"0\",\"1\"]}");
  }

  @Test
  void theBuildRefusesWhatItDoesNotKnowAndNamesWhatItLacks() throws IOException {
    Result unknown = script("build", Map.of(), "--force");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("unknown option '--force', known: --fresh, --tag NAME");

    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("bash", "dirname", "sed", "head", "readlink")) {
      Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
    }
    Result bare = script("build", Map.of("PATH", tools.toString(), "JAVA_HOME", ""));
    assertThat(bare.code()).isEqualTo(2);
    assertThat(bare.err())
        .contains("apt-get install debootstrap buildah jq maven openjdk-17-jdk-headless");
  }

  private Result run(Map<String, String> environment, String... arguments) {
    return script("entrypoint", environment, arguments);
  }

  private Result script(String name, Map<String, String> environment, String... arguments) {
    try {
      List<String> command = new java.util.ArrayList<>();
      command.addAll(List.of("/usr/bin/bash", IMAGE.resolve(name).toString()));
      command.addAll(List.of(arguments));
      Path out = folder.resolve("out");
      Path err = folder.resolve("err");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().keySet().removeIf(n -> n.startsWith("SPARK_"));
      builder.environment().put("JAVA_HOME", folder.toString());
      builder.environment().putAll(environment);
      int code = builder.start().waitFor();
      return new Result(
          code,
          Files.readAllLines(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
