package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir private Path folder;

  @Test
  void aMachineThatHasEverythingIsWell() throws IOException {
    sparkCore("4.1.0");
    Doctor doctor =
        new Doctor(
            Map.of("SPARK_HOME", folder.toString(), "SPARK_LOCAL_IP", "127.0.0.1"),
            "4.1.0",
            folder,
            Path.of(System.getProperty("java.io.tmpdir")));
    List<Finding> findings = doctor.examine();
    assertThat(findings).noneMatch(Finding::isWrong);
    assertThat(findings.stream().map(Finding::what))
        .contains(
            "java",
            "cores",
            "memory",
            "native engine",
            "gradient",
            "off-heap limit",
            "gpu",
            "spark",
            "ports",
            "unix sockets",
            "disk (runs)",
            "disk (temporary)");
  }

  @Test
  void theWrongSparkIsNamedWithTheWayOut() throws IOException {
    assertThat(spark(Map.of()))
        .isEqualTo(
            Finding.wrong(
                "spark", "SPARK_HOME is not set", "start through deploy/lockstep, which sets it"));
    Map<String, String> home = Map.of("SPARK_HOME", folder.toString());
    assertThat(spark(home))
        .isEqualTo(
            Finding.wrong(
                "spark",
                "no spark-core_2.13 in " + folder.resolve("jars"),
                "set SPARK_HOME to a Spark 4.1.0 for Scala 2.13, or unset it"));
    sparkCore("3.5.6");
    assertThat(spark(home))
        .isEqualTo(
            Finding.wrong(
                "spark",
                "3.5.6 in " + folder + ", built for 4.1.0",
                "set SPARK_HOME to a Spark 4.1.0, or build with -Dspark.version=3.5.6"));
  }

  @Test
  void aHeapThatLeavesNoRoomForTensorsIsWrong() {
    assertThat(Doctor.memory(16L << 30, 6L << 30))
        .isEqualTo(
            Finding.ok("memory", "16.0 GiB, heap 6.0 GiB, 10.0 GiB left for tensors outside it"));
    assertThat(Doctor.memory(16L << 30, 15L << 30))
        .isEqualTo(
            Finding.wrong(
                "memory",
                "16.0 GiB, heap 15.0 GiB, 1.0 GiB left for tensors outside it",
                "make the heap smaller, such as LOCKSTEP_HEAP=4g"));
  }

  @Test
  void closedModulesAndMissingFoldersAreWrong() {
    assertThat(Doctor.opens(false))
        .isEqualTo(
            Finding.wrong(
                "java modules",
                "java.nio is closed to Spark",
                "start through deploy/lockstep, which sets it"));
    Path missing = folder.resolve("missing");
    assertThat(Doctor.disk("disk (runs)", missing))
        .isEqualTo(
            Finding.wrong(
                "disk (runs)",
                "cannot write in " + missing,
                "choose a folder that you may write in"));
  }

  @Test
  void findingsArePrintedInColumnsWithTheWayOutBelow() {
    StringWriter text = new StringWriter();
    DoctorCommand.print(
        List.of(
            Finding.ok("java", "17"), Finding.wrong("spark", "SPARK_HOME is not set", "set it")),
        new PrintWriter(text));
    assertThat(text.toString().lines())
        .containsExactly(
            "ok     java   17",
            "WRONG  spark  SPARK_HOME is not set",
            "              set it",
            "1 thing is wrong");
  }

  private void sparkCore(String version) throws IOException {
    Files.createDirectories(folder.resolve("jars"));
    Files.createFile(folder.resolve("jars").resolve("spark-core_2.13-" + version + ".jar"));
  }

  private Finding spark(Map<String, String> environment) {
    return new Doctor(environment, "4.1.0", folder, folder).sparkFinding();
  }
}
