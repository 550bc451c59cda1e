package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.worker.engine.nd4j.InstructionSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code deploy/lockstep} over what the build has made, mostly with a program that shows its start.
 */
class LauncherIT {
  private static final Map<String, String> SHOW =
      Map.of(
          "LOCKSTEP_MAIN",
          ShowEnvironment.class.getName(),
          "LOCKSTEP_CLASS_PATH",
          Installation.testClasses().toString());

  @TempDir Path folder;

  private record Ended(int code, String output, String errors) {
    List<String> lines() {
      return output.lines().toList();
    }
  }

  @Test
  void argumentsWithSpacesArriveThroughALinkInAFolderWithASpace() throws Exception {
    Path link = Files.createDirectory(folder.resolve("a folder")).resolve("lock step");
    Files.createSymbolicLink(link, Installation.launcher());
    Ended ended = start(link, SHOW, "--set", "name=two words", "*");
    assertThat(ended.errors()).isEmpty();
    assertThat(ended.lines())
        .filteredOn(line -> line.startsWith("argument="))
        .containsExactly("argument=--set", "argument=name=two words", "argument=*");
  }

  @ParameterizedTest
  @EnumSource
  void theInstructionSetIsPinnedAsTheEngineWantsIt(InstructionSet set) throws Exception {
    Ended ended = start(Installation.launcher(), with(SHOW, InstructionSet.VARIABLE, set.name()));
    set.environment()
        .forEach((name, value) -> assertThat(ended.lines()).contains(name + "=" + value));
  }

  @Test
  void anUnknownInstructionSetIsRefused() throws Exception {
    Ended ended = start(Installation.launcher(), with(SHOW, InstructionSet.VARIABLE, "mmx"));
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.errors())
        .isEqualTo("lockstep: LOCKSTEP_INSTRUCTION_SET must be SSE42, AVX2 or AVX512, got 'mmx'\n");
  }

  @Test
  void sparkIsToldLoopbackForALocalMasterOnly() throws Exception {
    Path configuration =
        Files.writeString(
            folder.resolve("far.yaml"), "cluster: {workers: 2, master: spark://10.1.2.3:7077}\n");
    assertThat(start(Installation.launcher(), SHOW, "--help").lines())
        .contains("SPARK_LOCAL_IP=127.0.0.1");
    assertThat(start(Installation.launcher(), SHOW, "train", configuration.toString()).lines())
        .noneMatch(line -> line.startsWith("SPARK_LOCAL_IP="));
    assertThat(
            start(
                    Installation.launcher(),
                    SHOW,
                    "train",
                    configuration.toString(),
                    "--set",
                    "cluster.master=local")
                .lines())
        .contains("SPARK_LOCAL_IP=127.0.0.1");
  }

  @Test
  void withoutJavaItSaysWhatIsNeeded() throws Exception {
    Ended ended = start(Installation.launcher(), with(SHOW, "JAVA_HOME", folder.toString()));
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.errors())
        .isEqualTo(
            "lockstep: Java 17 or newer is needed, found none (looked for '"
                + folder
                + "/bin/java'): install a JDK 17 or set JAVA_HOME\n");
  }

  @Test
  void anOlderJavaIsRefusedWithItsVersion() throws Exception {
    Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nexit 1\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    Ended ended = start(Installation.launcher(), with(SHOW, "JAVA_HOME", folder.toString()));
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.errors()).startsWith("lockstep: Java 17 or newer is needed, got 11 (");
  }

  @Test
  void aSparkHomeWithoutJarsIsRefused() throws Exception {
    Ended ended = start(Installation.launcher(), with(SHOW, "SPARK_HOME", folder.toString()));
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.errors())
        .isEqualTo(
            "lockstep: SPARK_HOME must have a folder jars, got "
                + folder
                + ": set it to a Spark "
                + Installation.sparkVersion().replaceFirst("\\.[^.]+$", "")
                + " or unset it\n");
  }

  @Test
  void withoutASparkHomeItTakesTheSparkThatTheJarWasBuiltFor() throws Exception {
    assertThat(Installation.sparkHome())
        .endsWithRaw(Path.of("spark-" + Installation.sparkVersion()));
    assertThat(start(Installation.launcher(), SHOW).lines())
        .contains("SPARK_HOME=" + Installation.sparkHome());
  }

  @Test
  void helpIsLockstepSAndLoadsNoSpark() throws Exception {
    Ended ended =
        start(
            Installation.launcher(),
            Map.of("LOCKSTEP_JAVA_OPTS", "-Xlog:class+load:file=" + folder.resolve("classes")),
            "--help");
    assertThat(ended.code()).isZero();
    assertThat(ended.output()).startsWith("Usage: lockstep").contains("Example");
    assertThat(Files.readString(folder.resolve("classes")))
        .contains("io.lockstep.driver.Main")
        .doesNotContain("org.apache.spark.")
        .doesNotContain("org.nd4j.");
  }

  private static Map<String, String> with(Map<String, String> map, String name, String value) {
    Map<String, String> more = new java.util.HashMap<>(map);
    more.put(name, value);
    return more;
  }

  /** Without the variables that Maven has set for this JVM. */
  private Ended start(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(SPARK|LOCKSTEP)_.*|JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    Path errors = folder.resolve("errors");
    Process process = builder.redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output, Files.readString(errors));
  }
}
