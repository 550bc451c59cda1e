package io.lockstep.driver.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Starts Spark's own daemons as processes, with the command that Spark's own launcher makes for
 * them.
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
    ProcessBuilder builder = inEnvironment(new ProcessBuilder());
    SparkCommand spark = new SparkCommand(settings.sparkHome(), builder.environment());
    builder
        .command(spark.words(type, arguments, log("launcher")))
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(log(role).toFile());
    return builder.start();
  }

  Path log(String role) {
    return directory.resolve("logs").resolve(role + ".log");
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
    // Without maxRetries a busy port silently becomes the next one. The REST gateway, which Spark
    // opens by itself from 4.0 on, has one port for all clusters of a machine, and nobody uses it.
    environment.put(
        "SPARK_DAEMON_JAVA_OPTS",
        "-Dspark.port.maxRetries=0 -Dspark.master.rest.enabled=false"
            + " -XX:+UseSerialGC -XX:-UsePerfData -XX:TieredStopAtLevel=1");
    environment.put(
        "SPARK_WORKER_OPTS",
        settings.workerSettings().entrySet().stream()
            .map(setting -> "-D" + setting.getKey() + "=" + setting.getValue())
            .collect(Collectors.joining(" ")));
    return builder.directory(directory.toFile());
  }
}
