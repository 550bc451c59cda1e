package io.lockstep.driver.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.driver.cluster.SparkCommand;
import io.lockstep.driver.submit.DeployMode;
import io.lockstep.driver.submit.SubmitLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs spark-submit: the program of the Spark that {@code SPARK_HOME} names, or, where it has only
 * jars, the same by Spark's launcher.
 *
 * @param environment of this process
 */
record SparkSubmitProcess(Map<String, String> environment) {
  private static final String ADDRESS = "SPARK_LOCAL_IP";

  /**
   * Waits for the end.
   *
   * @param directory the run's, whose summary is shown where the driver was elsewhere and it can be
   *     read here
   * @return 0 where the run is done; in client mode the run's exit code, in cluster mode 1 where it
   *     failed, for cluster managers tell no more
   */
  int run(SubmitLine line, String master, DeployMode mode, String directory, PrintWriter out)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("lockstep-submit", ".log");
    try {
      Map<String, String> childs = childEnvironment(line, master, mode);
      ProcessBuilder builder = new ProcessBuilder(command(line, childs, errors)).inheritIO();
      builder.environment().clear();
      builder.environment().putAll(childs);
      int code = await(builder.start());
      if (mode == DeployMode.CLIENT) {
        return code;
      }
      if (code == 0) {
        showSummary(directory, out);
        return Lockstep.DONE;
      }
      out.println(
          "lockstep: the run failed; the driver's output is with the cluster manager"
              + " (standalone: the worker's page, or its folder work/driver-*; yarn logs; kubectl"
              + " logs)");
      return Lockstep.FAILED;
    } finally {
      Files.delete(errors);
    }
  }

  /**
   * Of cluster mode the driver must not get this machine's address, which a standalone master hands
   * on with the rest of the environment; on the loopback they are one.
   */
  Map<String, String> childEnvironment(SubmitLine line, String master, DeployMode mode) {
    Map<String, String> childs = new HashMap<>(environment);
    childs.put("JAVA_HOME", System.getProperty("java.home"));
    childs.putIfAbsent("SPARK_SCALA_VERSION", "2.13");
    boolean loopback = master.matches("spark://(127\\.|localhost).*");
    if (mode == DeployMode.CLUSTER && !loopback) {
      childs.remove(ADDRESS);
    }
    childs.putAll(line.environment());
    return childs;
  }

  private List<String> command(SubmitLine line, Map<String, String> childs, Path errors)
      throws IOException {
    String home = environment.getOrDefault("SPARK_HOME", "");
    if (home.isEmpty()) {
      throw new ConfigurationException(
          "SPARK_HOME is not set: start this by deploy/lockstep, which finds Spark");
    }
    Path program = Path.of(home, "bin", "spark-submit");
    if (Files.isExecutable(program)) {
      List<String> words = new ArrayList<>(List.of(program.toString()));
      words.addAll(line.arguments());
      return words;
    }
    return new SparkCommand(Path.of(home), childs)
        .words("org.apache.spark.deploy.SparkSubmit", line.arguments(), errors);
  }

  /** Whoever ends this process ends that one too. */
  private static int await(Process process) throws InterruptedException {
    Thread hook = new Thread(() -> end(process), "lockstep-submit-end");
    Runtime.getRuntime().addShutdownHook(hook);
    int code = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(hook);
    return code;
  }

  private static void end(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void showSummary(String directory, PrintWriter out) throws IOException {
    out.println("run directory: " + directory);
    if (directory.contains(":/")) {
      return;
    }
    Path summary = Path.of(directory).resolve("summary.json");
    if (Files.isRegularFile(summary)) {
      JsonNode found = new ObjectMapper().readTree(summary.toFile());
      out.println("weights sha256  " + found.path("weightsSha256").asText());
    }
  }
}
