package io.lockstep.driver.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.driver.cluster.SparkCommand;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import io.lockstep.driver.submit.DeployMode;
import io.lockstep.driver.submit.SubmitLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Runs spark-submit: the program of the Spark that {@code SPARK_HOME} names, or, where it has only
 * jars, the same by Spark's launcher.
 *
 * @param environment of this process
 */
record SparkSubmitProcess(Map<String, String> environment) {
  private static final String ADDRESS = "SPARK_LOCAL_IP";

  /** What Spark's clients print of the end of a driver: standalone, Kubernetes. */
  private static final Pattern FAILED =
      Pattern.compile("State of driver \\S+ is (FAILED|ERROR|KILLED)|exit code: [1-9]");

  private static final Pattern FINISHED =
      Pattern.compile("State of driver \\S+ is FINISHED|exit code: 0|final status: SUCCEEDED");

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
      ProcessBuilder builder = new ProcessBuilder(command(line, childs, errors));
      builder.environment().clear();
      builder.environment().putAll(childs);
      if (mode == DeployMode.CLIENT) {
        return await(builder.inheritIO().start(), out).code();
      }
      Location summary = Location.of(directory).resolve("summary.json");
      long before = Storage.here().modified(summary);
      Ended ended = await(builder.redirectErrorStream(true).start(), out);
      out.println("run directory: " + directory);
      boolean written = Storage.here().modified(summary) > before;
      boolean told = written || ended.finished() || master.equals("yarn");
      if (ended.code() == 0 && !ended.failed() && told) {
        showHash(summary, written, out);
        return Lockstep.DONE;
      }
      out.println(
          "lockstep: the run failed; what it printed is with the cluster manager (standalone: the"
              + " worker's page, or its folder work/driver-*/stderr; yarn logs; kubectl logs)");
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

  /**
   * How spark-submit ended. Only YARN's exit code tells how the driver did: a standalone cluster's
   * client ends with 0 whatever the driver's state was.
   *
   * @param failed whether the cluster manager said that the driver failed
   * @param finished whether it said that the driver finished
   */
  private record Ended(int code, boolean failed, boolean finished) {}

  /** Whoever ends this process ends that one too. */
  private static Ended await(Process process, PrintWriter out)
      throws IOException, InterruptedException {
    Thread hook = new Thread(() -> end(process), "lockstep-submit-end");
    Runtime.getRuntime().addShutdownHook(hook);
    boolean failed = false;
    boolean finished = false;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(line);
        failed |= FAILED.matcher(line).find();
        finished |= FINISHED.matcher(line).find();
      }
    }
    int code = process.waitFor();
    forget(hook);
    return new Ended(code, failed, finished);
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is being ended, and the hook does its work.
    }
  }

  private static void end(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void showHash(Location summary, boolean written, PrintWriter out)
      throws IOException {
    if (written) {
      try (InputStream in = Storage.here().open(summary)) {
        JsonNode found = new ObjectMapper().readTree(in);
        out.println("weights sha256  " + found.path("weightsSha256").asText());
      }
    }
  }
}
