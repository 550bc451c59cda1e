package io.lockstep.driver.spark;

import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.metrics.RunBoard;
import io.lockstep.driver.submit.ClusterManager;
import io.lockstep.driver.submit.ExecutorSize;
import io.lockstep.driver.submit.SparkRules;
import io.lockstep.driver.submit.Submission;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Spark as a run needs it: one slot a worker on this machine, or the cluster of the configuration;
 * task failures without a limit that a long run could reach; native libraries pinned before they
 * load. Stops the session where it has made it.
 */
public final class SparkRuntime implements AutoCloseable {
  /** Failures of one task that Spark takes; the coordinator knows better when to give up. */
  private static final String MOST_FAILURES = "1000000";

  /** What spark-submit sets for its application, and nobody else. */
  private static final String SUBMITTED = "spark.submit.deployMode";

  private static final String JARS = "spark.jars";
  private static final String PLUGINS = "spark.plugins";

  private static final String LOOPBACK = "127.0.0.1";

  private final SparkSession session;
  private final boolean own;

  private SparkRuntime(SparkSession session, boolean own) {
    this.session = session;
    this.own = own;
  }

  /**
   * Starts Spark, or takes the session that is there, as in tests.
   *
   * @throws io.lockstep.common.config.ConfigurationException where a setting of Spark would break
   *     the run, or executors are too small for it
   */
  public static SparkRuntime start(RunConfiguration configuration) {
    boolean present = SparkSession.getDefaultSession().exists(s -> !s.sparkContext().isStopped());
    SparkSession.Builder builder = SparkSession.builder().appName(configuration.name());
    if (!present) {
      requireOpenModules(
          ByteBuffer.class.getModule().isOpen("java.nio", SparkRuntime.class.getModule()));
      builder.master(master(configuration.cluster()));
      settings(configuration, submitted()).forEach(builder::config);
    }
    SparkSession session = builder.getOrCreate();
    RunPage.attach(session.sparkContext(), RunBoard.ofProcess());
    return new SparkRuntime(session, !present);
  }

  /** Kryo reads private fields, which Java allows only where it was told so at its start. */
  static void requireOpenModules(boolean open) {
    if (!open) {
      throw new ConfigurationException(
          "the driver's JVM was started without Spark's module options (java.nio is closed): submit"
              + " the run with lockstep submit, or give spark-submit --conf"
              + " spark.driver.extraJavaOptions with the --add-opens of deploy/target/jvm.options");
    }
  }

  /**
   * Spark's settings among the system's properties: there spark-submit hands over what {@code
   * --conf} and its own files say.
   */
  private static Map<String, String> submitted() {
    Map<String, String> submitted = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("spark.")) {
        submitted.put(name, System.getProperty(name));
      }
    }
    return submitted;
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

  /**
   * What Spark is told. Settings of spark-submit win over {@code cluster.spark}, and both over what
   * Lockstep needs, unless they would break the run; of plugins there may be several.
   */
  static Map<String, String> settings(RunConfiguration run, Map<String, String> submitted) {
    ClusterSection cluster = run.cluster();
    ClusterManager manager = ClusterManager.of(master(cluster));
    Map<String, String> given = new TreeMap<>(cluster.spark());
    given.putAll(submitted);
    SparkRules.check(run, given);
    Map<String, String> settings = needs(cluster, manager);
    settings.putAll(SparkRules.pins());
    if (manager != ClusterManager.LOCAL) {
      settings.putAll(size(run, manager, given));
    }
    if (!submitted.containsKey(SUBMITTED) && manager != ClusterManager.LOCAL) {
      settings.put(JARS, String.join(",", sent()));
    }
    settings.keySet().removeAll(submitted.keySet());
    cluster
        .spark()
        .forEach(
            (name, value) -> {
              if (!submitted.containsKey(name)) {
                settings.put(name, value);
              }
            });
    settings.put(PLUGINS, plugins(given.getOrDefault(PLUGINS, "")));
    String folder = given.get(Submission.IN_PLACE);
    if (folder != null && submitted.containsKey(JARS)) {
      settings.put(JARS, withoutThoseIn(folder, given.getOrDefault(JARS, "")));
    }
    return settings;
  }

  /** What a run needs on any cluster. */
  private static Map<String, String> needs(ClusterSection cluster, ClusterManager manager) {
    Map<String, String> settings = new LinkedHashMap<>();
    boolean local = manager == ClusterManager.LOCAL;
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
    showFigures(settings);
    if (local) {
      settings.put("spark.driver.bindAddress", LOOPBACK);
      settings.put("spark.driver.host", LOOPBACK);
    } else {
      if (!cluster.host().isEmpty()) {
        settings.put("spark.driver.host", cluster.host());
      }
      if (!cluster.driver().bindHost().isEmpty()) {
        settings.put("spark.driver.bindAddress", cluster.driver().bindHost());
      }
    }
    return settings;
  }

  /**
   * In Spark's metrics system, under one name whatever the application, and beside its own page.
   */
  private static void showFigures(Map<String, String> settings) {
    settings.put("spark.metrics.namespace", "lockstep");
    String servlet = "spark.metrics.conf.driver.sink.prometheusServlet.";
    settings.put(servlet + "class", "org.apache.spark.metrics.sink.PrometheusServlet");
    settings.put(servlet + "path", "/metrics/prometheus");
  }

  /** The user's, and behind them the one that shows the figures. */
  private static String plugins(String users) {
    return Stream.concat(
            Arrays.stream(users.split(",", -1)).map(String::strip),
            Stream.of(LockstepPlugin.class.getName()))
        .filter(name -> !name.isEmpty())
        .distinct()
        .collect(Collectors.joining(","));
  }

  /**
   * What {@code lockstep submit} would have said of the executors' size. A standalone cluster gives
   * an application one executor a machine with all its cores where nobody says how many; that is
   * left as it is.
   */
  private static Map<String, String> size(
      RunConfiguration run, ClusterManager manager, Map<String, String> given) {
    Map<String, String> size = ExecutorSize.of(run, given).settings(manager, given);
    if (manager == ClusterManager.STANDALONE && !given.containsKey("spark.executor.cores")) {
      size.keySet().retainAll(Set.of("spark.task.cpus"));
    }
    return size;
  }

  /** What executors must be sent where spark-submit does not: this jar, and the user's own. */
  private static List<String> sent() {
    List<String> jars = new ArrayList<>();
    if (ApplicationJars.own().endsWith(".jar")) {
      jars.add(ApplicationJars.own());
    }
    jars.addAll(ApplicationJars.ofTheUser());
    return jars.stream().map(jar -> Path.of(jar).toUri().toString()).toList();
  }

  /** Executors have them on their class path. */
  private static String withoutThoseIn(String folder, String jars) {
    return Arrays.stream(jars.split(",", -1))
        .filter(
            jar ->
                !jar.isBlank()
                    && !jar.replaceFirst("^(file|local):/*", "/").startsWith(folder + "/"))
        .collect(Collectors.joining(","));
  }

  /** The session. */
  public SparkSession session() {
    return session;
  }

  /** The name or address by which executors reach the driver. */
  public String host() {
    return session.sparkContext().conf().get("spark.driver.host", "127.0.0.1");
  }

  /** The address on which the driver listens; empty where it is {@link #host}. */
  public String bindAddress() {
    return session.sparkContext().conf().get("spark.driver.bindAddress", "");
  }

  @Override
  public void close() {
    if (own) {
      session.stop();
    }
  }
}
