package io.lockstep.driver.submit;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Device;
import io.lockstep.common.config.Placement;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.launcher.JavaModuleOptions;
import org.jspecify.annotations.Nullable;

/**
 * A run to be submitted, and the line of spark-submit for it. Of Spark's settings those of {@code
 * --conf} win over the configuration's {@code cluster.spark}, these over the user's file of
 * settings, and all of them over what follows from the configuration; what would break the run or
 * its bits is refused.
 *
 * @param run the configuration, resolved: paths absolute
 * @param master Spark's name of the master
 * @param mode where the driver lives
 * @param conf the user's settings of Spark, from {@code --conf}
 * @param defaults the user's settings of Spark, from {@code spark-defaults.conf} or the file of
 *     {@code --properties-file}; spark-submit reads them itself
 * @param propertiesFile that file, where it is not Spark's own
 * @param jar the application jar: a path, or an address that spark-submit understands
 * @param jarsInPlace the folder that has the application jar on every machine; null where Spark is
 *     to send it
 * @param userJars jars of the user's own, which Spark sends
 * @param arguments of Lockstep in the driver, such as {@code train wine.yaml}
 */
public record Submission(
    RunConfiguration run,
    String master,
    DeployMode mode,
    Map<String, String> conf,
    Map<String, String> defaults,
    @Nullable String propertiesFile,
    String jar,
    @Nullable String jarsInPlace,
    List<String> userJars,
    List<String> arguments) {
  /** Tells the driver not to send executors what lies in this folder of theirs. */
  public static final String IN_PLACE = "spark.lockstep.jarsInPlace";

  static final String MAIN = "io.lockstep.driver.Main";
  private static final String DRIVER_MEMORY = "spark.driver.memory";
  private static final String DRIVER_OPTIONS = "spark.driver.extraJavaOptions";
  private static final String REST = "spark.master.rest.enabled";
  private static final String IMAGE = "spark.kubernetes.container.image";
  private static final long OWN_DRIVER_HEAP = 512;
  private static final long DEFAULT_DRIVER_MEMORY = 1024;

  /** The line. */
  public SubmitLine line() {
    ClusterManager manager = ClusterManager.of(master);
    Map<String, String> given = given();
    check(manager, given);
    Map<String, String> settings = new TreeMap<>(run.cluster().spark());
    settings.putAll(conf);
    List<String> notes = new ArrayList<>();
    if (manager != ClusterManager.LOCAL) {
      ExecutorSize size = ExecutorSize.of(run, given);
      settings.putAll(size.settings(manager, given));
      notes.addAll(size.notes(given, run.cluster().workers()));
      settings.putAll(SparkRules.pins());
    }
    settings.putAll(driver(manager, given));
    settings.putAll(inPlace(given));
    notes.addAll(notes(manager));
    return new SubmitLine(environment(), options(settings), application(manager), notes);
  }

  private Map<String, String> given() {
    Map<String, String> given = new LinkedHashMap<>(defaults);
    given.putAll(run.cluster().spark());
    given.putAll(conf);
    return given;
  }

  private void check(ClusterManager manager, Map<String, String> given) {
    if (mode == DeployMode.CLUSTER && manager == ClusterManager.LOCAL) {
      throw new ConfigurationException(
          "--deploy-mode cluster needs a cluster, got --master "
              + master
              + ": name its master, or leave --deploy-mode out");
    }
    if (mode == DeployMode.CLUSTER
        && manager == ClusterManager.STANDALONE
        && SparkRules.isTrue(given, REST)) {
      throw new ConfigurationException(
          REST
              + " must be false for --deploy-mode cluster, got true: Spark's REST gateway carries no"
              + " environment to the driver and does not wait for its end; leave the setting out,"
              + " and name the master's own port, 7077");
    }
    if (manager == ClusterManager.KUBERNETES
        && !given.containsKey(IMAGE)
        && !given.containsKey("spark.kubernetes.executor.container.image")) {
      throw new ConfigurationException(
          "Kubernetes needs an image with Spark and Lockstep in it: --conf " + IMAGE + "=NAME");
    }
    SparkRules.check(run, given);
    if (manager == ClusterManager.LOCAL && run.cluster().device() == Device.GPU) {
      throw new ConfigurationException(
          "cluster.device gpu needs a cluster that gives GPUs to tasks, got --master " + master);
    }
  }

  /** What the driver needs, where it is not given. */
  private Map<String, String> driver(ClusterManager manager, Map<String, String> given) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(DRIVER_MEMORY, driverMemory(given) + "m");
    if (mode == DeployMode.CLUSTER) {
      String environment =
          switch (manager) {
            case YARN -> "spark.yarn.appMasterEnv.";
            case KUBERNETES -> "spark.kubernetes.driverEnv.";
            case STANDALONE, LOCAL -> ""; // the environment of spark-submit comes along
          };
      if (!environment.isEmpty()) {
        environment().forEach((name, value) -> settings.put(environment + name, value));
      }
      if (manager == ClusterManager.STANDALONE) {
        settings.put("spark.standalone.submit.waitAppCompletion", "true");
      }
    }
    settings.keySet().removeAll(given.keySet());
    if (mode == DeployMode.CLUSTER && manager == ClusterManager.STANDALONE) {
      settings.put(DRIVER_OPTIONS, moduleOptions(given.getOrDefault(DRIVER_OPTIONS, "")));
    }
    return settings;
  }

  /** A standalone cluster is alone in starting the driver without Spark's own module options. */
  private static String moduleOptions(String users) {
    String modules = JavaModuleOptions.defaultModuleOptions().strip();
    return users.isBlank() ? modules : modules + " " + users.strip();
  }

  /** Room for the servers that live in the driver. */
  private long driverMemory(Map<String, String> given) {
    long servers = 0;
    if (run.cluster().placement() == Placement.DRIVER) {
      Network network = Network.of(run);
      Layout layout =
          RunParts.layout(run, network, Optimizers.create(run.optimizer(), network.tensors()));
      servers = MemorySize.ofBytes(run.cluster().servers() * Memory.serverBytes(run, layout));
    }
    long needed = OWN_DRIVER_HEAP + servers;
    long memory =
        MemorySize.mebibytes(given, DRIVER_MEMORY, Math.max(DEFAULT_DRIVER_MEMORY, needed * 3 / 2));
    if (memory < needed) {
      throw new ConfigurationException(
          DRIVER_MEMORY
              + " must be at least "
              + needed
              + "m: "
              + OWN_DRIVER_HEAP
              + "m for Spark and the coordinator, "
              + servers
              + "m for servers; got "
              + memory
              + "m; give it more, or move the servers with cluster.placement");
    }
    return memory;
  }

  private Map<String, String> inPlace(Map<String, String> given) {
    Map<String, String> settings = new LinkedHashMap<>();
    if (jarsInPlace != null) {
      settings.put(IN_PLACE, jarsInPlace);
      for (String who : List.of("driver", "executor")) {
        String setting = "spark." + who + ".extraClassPath";
        String users = given.getOrDefault(setting, "");
        String folder = jarsInPlace + "/*";
        settings.put(setting, users.isEmpty() ? folder : users + ":" + folder);
      }
    }
    return settings;
  }

  private List<String> notes(ClusterManager manager) {
    List<String> notes = new ArrayList<>();
    if (mode == DeployMode.CLUSTER && manager == ClusterManager.STANDALONE && jarsInPlace == null) {
      notes.add(
          "a standalone cluster does not take the application jar along to the driver: "
              + jar
              + " must be there on every machine of the cluster, or name an address with --jar");
    }
    boolean environmentStays =
        manager == ClusterManager.YARN || manager == ClusterManager.KUBERNETES;
    if (mode == DeployMode.CLUSTER
        && environmentStays
        && run.cluster().placement() == Placement.PROCESSES
        && run.cluster().secretFile().isEmpty()) {
      notes.add(
          "the driver on the cluster does not get LOCKSTEP_SECRET from here: name a file that it can"
              + " read with cluster.secretFile (such as hdfs:///user/me/secret, readable by you"
              + " alone), or hand the variable over by the cluster's own means (such as"
              + " spark.kubernetes.driver.secretKeyRef.LOCKSTEP_SECRET)");
    }
    return notes;
  }

  private static TreeMap<String, String> environment() {
    return new TreeMap<>(NativeSettings.chosen().environment());
  }

  private List<List<String>> options(Map<String, String> settings) {
    List<List<String>> options = new ArrayList<>();
    options.add(List.of("--master", master));
    options.add(List.of("--deploy-mode", mode.key()));
    options.add(List.of("--name", run.name()));
    options.add(List.of("--class", MAIN));
    if (propertiesFile != null) {
      options.add(List.of("--properties-file", propertiesFile));
    }
    if (!userJars.isEmpty()) {
      options.add(List.of("--jars", String.join(",", userJars)));
    }
    settings.forEach((name, value) -> options.add(List.of("--conf", name + "=" + value)));
    return options;
  }

  private List<String> application(ClusterManager manager) {
    List<String> words = new ArrayList<>();
    words.add(primary(manager));
    words.addAll(arguments);
    return words;
  }

  /**
   * Spark knows a jar that is in place everywhere as {@code local:}, but for the standalone
   * cluster's driver, which is told to fetch it from its own disk.
   */
  private String primary(ClusterManager manager) {
    if (jarsInPlace == null) {
      return jar;
    }
    String name = jar.substring(jar.lastIndexOf('/') + 1);
    boolean fetched = mode == DeployMode.CLUSTER && manager == ClusterManager.STANDALONE;
    return (fetched ? "file:" : "local:") + jarsInPlace + "/" + name;
  }
}
