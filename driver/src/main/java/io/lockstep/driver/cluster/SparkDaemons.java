package io.lockstep.driver.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Starts Spark's own daemons as processes, with the command that Spark's own launcher makes for
 * them (what {@code bin/spark-class} does in a distribution): class path and module options are
 * those of the Spark at hand.
 */
final class SparkDaemons {
  private final ClusterSettings settings;
  private final Path directory;

  SparkDaemons(ClusterSettings settings) {
    this.settings = settings;
    this.directory = settings.directory();
  }

  /** Starts the class {@code type} with {@code arguments}; what it prints goes to its log. */
  Process start(String role, String type, List<String> arguments) throws IOException {
    ProcessBuilder builder =
        inEnvironment(new ProcessBuilder(command(type, arguments)))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(log(role).toFile());
    return builder.start();
  }

  Path log(String role) {
    return directory.resolve("logs").resolve(role + ".log");
  }

  /**
   * {@code launcher.Main} prints NUL and newline, then the words of the command, each with a NUL.
   */
  private List<String> command(String type, List<String> arguments) throws IOException {
    List<String> launcher = new ArrayList<>();
    launcher.add(java());
    launcher.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp"));
    launcher.add(settings.sparkHome().resolve("jars") + "/*");
    launcher.add("org.apache.spark.launcher.Main");
    launcher.add(type);
    launcher.addAll(arguments);
    Process process =
        inEnvironment(new ProcessBuilder(launcher)).redirectError(log("launcher").toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> words =
        Arrays.stream(output.split("\0", -1))
            .map(String::strip)
            .filter(word -> !word.isEmpty())
            .toList();
    if (words.isEmpty()) {
      throw new IOException(
          "Spark's launcher in "
              + settings.sparkHome()
              + " made no command for "
              + type
              + ":\n"
              + LocalCluster.tail(log("launcher")));
    }
    return words;
  }

  /**
   * Nothing of the caller's Spark settings reaches the cluster; the rest of the environment does.
   */
  private ProcessBuilder inEnvironment(ProcessBuilder builder) {
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("SPARK_"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("SPARK_HOME", settings.sparkHome().toString());
    environment.put("SPARK_CONF_DIR", directory.resolve("conf").toString());
    environment.put("SPARK_LOCAL_DIRS", directory.resolve("scratch").toString());
    environment.put("SPARK_LOCAL_IP", LocalCluster.HOST);
    environment.put("SPARK_SCALA_VERSION", "2.13");
    environment.put("SPARK_DAEMON_MEMORY", "512m");
    // Without maxRetries a busy port silently becomes the next one.
    environment.put(
        "SPARK_DAEMON_JAVA_OPTS",
        "-Dspark.port.maxRetries=0 -XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1");
    return builder.directory(directory.toFile());
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
