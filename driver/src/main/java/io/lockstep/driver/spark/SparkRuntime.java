package io.lockstep.driver.spark;

import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;

/**
 * Spark as a run needs it: one slot a worker on this machine, or the cluster of the configuration;
 * task failures without a limit that a long run could reach; native libraries pinned before they
 * load. Stops the session where it has made it.
 */
public final class SparkRuntime implements AutoCloseable {
  /** Failures of one task that Spark takes; the coordinator knows better when to give up. */
  private static final String MOST_FAILURES = "1000000";

  /** The environment's name for the user's own jars; the launcher reads it too. */
  private static final String JARS = "LOCKSTEP_JARS";

  private final SparkSession session;
  private final boolean own;

  private SparkRuntime(SparkSession session, boolean own) {
    this.session = session;
    this.own = own;
  }

  /** Starts Spark, or takes the session that is there, as under spark-submit. */
  public static SparkRuntime start(RunConfiguration configuration) {
    boolean present = SparkSession.getDefaultSession().exists(s -> !s.sparkContext().isStopped());
    SparkSession.Builder builder = SparkSession.builder().appName(configuration.name());
    if (!present) {
      builder.master(master(configuration.cluster()));
      settings(configuration.cluster()).forEach(builder::config);
    }
    return new SparkRuntime(builder.getOrCreate(), !present);
  }

  /**
   * Spark's name of the master: what spark-submit was told, else the configuration's; local gives
   * each worker a slot, whatever the machine's cores.
   */
  static String master(ClusterSection cluster) {
    String submitted = System.getProperty("spark.master", "");
    if (!submitted.isEmpty() && !submitted.startsWith("local")) {
      return submitted;
    }
    return cluster.master().equals("local")
        ? "local[" + cluster.workers() + "," + MOST_FAILURES + "]"
        : cluster.master();
  }

  /** What Lockstep needs of Spark, where spark-submit's --conf does not say otherwise. */
  static Map<String, String> settings(ClusterSection cluster) {
    Map<String, String> settings = new LinkedHashMap<>();
    boolean local = master(cluster).startsWith("local");
    settings.put("spark.ui.enabled", Boolean.toString(!local));
    settings.put("spark.ui.showConsoleProgress", "false");
    settings.put("spark.task.maxFailures", MOST_FAILURES);
    settings.put("spark.stage.maxConsecutiveAttempts", MOST_FAILURES);
    settings.put("spark.executor.maxNumFailures", MOST_FAILURES);
    settings.put("spark.deploy.maxExecutorRetries", "-1");
    settings.put("spark.excludeOnFailure.enabled", "false");
    settings.put("spark.speculation", "false");
    settings.put("spark.locality.wait", "0");
    settings.put("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    settings.put("spark.sql.catalogImplementation", "in-memory");
    if (local) {
      settings.put("spark.driver.bindAddress", "127.0.0.1");
      settings.put("spark.driver.host", "127.0.0.1");
    } else {
      settings.put("spark.task.cpus", Integer.toString(cluster.threads()));
      List<String> jars = jars(System.getenv().getOrDefault(JARS, ""));
      if (!jars.isEmpty()) {
        settings.put("spark.jars", String.join(",", jars));
      }
      if (!cluster.host().isEmpty()) {
        settings.put("spark.driver.host", cluster.host());
      }
    }
    NativeSettings.chosen()
        .environment()
        .forEach((name, value) -> settings.put("spark.executorEnv." + name, value));
    settings.keySet().removeIf(name -> System.getProperty(name) != null);
    settings.putAll(cluster.spark());
    return settings;
  }

  /**
   * What executors must be sent where spark-submit did not: the jar that this class came from, and
   * the user's own.
   *
   * @param users paths with the system's separator between them
   */
  static List<String> jars(String users) {
    List<String> jars = new ArrayList<>();
    String own = SparkRuntime.class.getProtectionDomain().getCodeSource().getLocation().toString();
    if (own.endsWith(".jar")) {
      jars.add(own);
    }
    for (String jar : users.split(Pattern.quote(File.pathSeparator), -1)) {
      if (!jar.isEmpty()) {
        jars.add(Path.of(jar).toAbsolutePath().toUri().toString());
      }
    }
    return jars;
  }

  /** The session. */
  public SparkSession session() {
    return session;
  }

  /** The name or address by which executors reach the driver. */
  public String host() {
    return session.sparkContext().conf().get("spark.driver.host", "127.0.0.1");
  }

  @Override
  public void close() {
    if (own) {
      session.stop();
    }
  }
}
