package io.lockstep.common.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the run runs on: {@code cluster}. Nothing here but the size of a chunk changes the bits.
 *
 * @param master {@code local}, or the address of a Spark master
 * @param workers tasks that compute gradients, at most the slices of a step
 * @param servers processes' shares of the parameters
 * @param placement where servers live
 * @param serverProcesses processes that servers of their own are dealt to; 0 for one each
 * @param threads slices that a worker computes side by side
 * @param device what computes gradients
 * @param joinTimeout how long workers and server processes are waited for
 * @param heartbeat time between signs of life
 * @param failureTimeout silence after which a process counts as dead
 * @param driver where the driver listens, and how others reach it
 * @param secretFile holds the secret that server processes must know; empty for the environment's
 * @param spark settings handed to Spark as they are
 */
public record ClusterSection(
    String master,
    int workers,
    int servers,
    Placement placement,
    int serverProcesses,
    int threads,
    Device device,
    Duration joinTimeout,
    Duration heartbeat,
    Duration failureTimeout,
    DriverAddress driver,
    String secretFile,
    Map<String, String> spark) {
  /** The Spark master. */
  public static final Key<String> MASTER =
      Key.text(
          "master",
          "local",
          "local (a slot for each worker in this process), or any Spark master such as"
              + " spark://host:7077");

  /** Tasks that compute gradients. */
  public static final Key<Integer> WORKERS =
      Key.integer(
          "workers",
          1,
          Range.closed(1, 1 << 20),
          "Spark tasks that compute gradients; at most batch.size / batch.slice");

  /** Shares of the parameters. */
  public static final Key<Integer> SERVERS =
      Key.integer("servers", 1, Range.closed(1, 4096), "parameter servers, each with a shard");

  /** Where servers live. */
  public static final Key<String> PLACEMENT =
      Key.choice(
          "placement",
          "driver",
          List.of("driver", "workers", "processes"),
          "where servers live: in the driver, beside the workers, or in processes of their own"
              + " (lockstep server)");

  /** Processes of servers. */
  public static final Key<Integer> SERVER_PROCESSES =
      Key.integer(
          "serverProcesses",
          0,
          Range.closed(0, 4096),
          "with placement processes: how many processes the servers are dealt to, at most"
              + " cluster.servers; 0 for one each; more that come are spares");

  /** Slices side by side. */
  public static final Key<Integer> THREADS =
      Key.integer(
          "threads",
          1,
          Range.closed(1, 4096),
          "slices that a worker computes side by side, each on one core");

  /** What computes gradients. */
  public static final Key<String> DEVICE =
      Key.choice(
          "device",
          "cpu",
          List.of("cpu", "gpu"),
          "what computes gradients; gpu: each worker the one GPU that Spark gives its task, with a"
              + " build for GPUs");

  /** How long workers are waited for. */
  public static final Key<Duration> JOIN_TIMEOUT =
      Key.duration(
          "joinTimeout",
          Duration.ofSeconds(60),
          "how long workers and server processes are waited for before the run goes on with those"
              + " that are there");

  /** Time between signs of life. */
  public static final Key<Duration> HEARTBEAT =
      Key.duration("heartbeat", Duration.ofSeconds(1), "time between signs of life");

  /** Silence that means death. */
  public static final Key<Duration> FAILURE_TIMEOUT =
      Key.duration(
          "failureTimeout", Duration.ofSeconds(30), "silence after which a process counts as dead");

  /** The file with the secret. */
  public static final Key<String> SECRET_FILE =
      Key.path(
          "secretFile",
          "",
          "a file with the secret that server processes must know, at any path of Hadoop's, where it"
              + " is not in the environment's LOCKSTEP_SECRET; never the secret itself");

  /** Settings of Spark. */
  public static final Key<Options> SPARK =
      Key.section("spark", "settings handed to Spark, such as spark.executor.memory: 2g");

  /** Its keys. */
  public static final List<Key<?>> KEYS =
      List.of(
          MASTER,
          WORKERS,
          SERVERS,
          PLACEMENT,
          SERVER_PROCESSES,
          THREADS,
          DEVICE,
          JOIN_TIMEOUT,
          HEARTBEAT,
          FAILURE_TIMEOUT,
          DriverAddress.HOST,
          DriverAddress.BIND_HOST,
          DriverAddress.PORT,
          DriverAddress.CONTROL_PORT,
          DriverAddress.DATA_PORT,
          SECRET_FILE,
          SPARK);

  /** Copies the settings of Spark. */
  public ClusterSection {
    spark = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(spark));
  }

  /** Whether all workers run in this process. */
  public boolean isLocal() {
    return master.equals("local");
  }

  /** The address under which other processes reach the driver; empty for Spark's choice. */
  public String host() {
    return driver.host();
  }

  /** How many server processes are waited for; 0 where servers live elsewhere. */
  public int processes() {
    if (placement != Placement.PROCESSES) {
      return 0;
    }
    return serverProcesses == 0 ? servers : serverProcesses;
  }

  /** The same with the secret in another file. */
  public ClusterSection withSecretFile(String newSecretFile) {
    return new ClusterSection(
        master,
        workers,
        servers,
        placement,
        serverProcesses,
        threads,
        device,
        joinTimeout,
        heartbeat,
        failureTimeout,
        driver,
        newSecretFile,
        spark);
  }

  static ClusterSection read(Options options, BatchSection batch) {
    options.allowOnly(KEYS);
    int workers = options.get(WORKERS);
    if (workers > batch.slices()) {
      throw options.error(
          WORKERS,
          "must be at most the slices of a step ("
              + batch.slices()
              + " = batch.size "
              + batch.size()
              + (batch.accumulate() == 1 ? "" : " * batch.accumulate " + batch.accumulate())
              + " / batch.slice "
              + batch.slice()
              + "), for every worker computes at least one;"
              + " take fewer workers or a smaller batch.slice");
    }
    if (options.get(FAILURE_TIMEOUT).compareTo(options.get(HEARTBEAT)) <= 0) {
      throw options.error(
          FAILURE_TIMEOUT,
          "must be longer than cluster.heartbeat (" + Durations.show(options.get(HEARTBEAT)) + ")");
    }
    if (options.get(SERVER_PROCESSES) > options.get(SERVERS)) {
      throw options.error(
          SERVER_PROCESSES,
          "must be at most cluster.servers ("
              + options.get(SERVERS)
              + "), for every process has at least one; more that come are spares anyway");
    }
    return new ClusterSection(
        options.get(MASTER),
        workers,
        options.get(SERVERS),
        Placement.of(options.get(PLACEMENT)),
        options.get(SERVER_PROCESSES),
        options.get(THREADS),
        Device.of(options.get(DEVICE)),
        options.get(JOIN_TIMEOUT),
        options.get(HEARTBEAT),
        options.get(FAILURE_TIMEOUT),
        DriverAddress.read(options),
        options.get(SECRET_FILE),
        flat(options.get(SPARK)));
  }

  /** Spark's keys have dots: {@code a: {b: c}}, as --set makes it, means {@code a.b: c}. */
  private static Map<String, String> flat(Options options) {
    Map<String, String> flat = new LinkedHashMap<>();
    flatten("", options.plain(), flat);
    return flat;
  }

  private static void flatten(String prefix, Map<?, ?> section, Map<String, String> flat) {
    section.forEach(
        (key, value) -> {
          String name = prefix.isEmpty() ? String.valueOf(key) : prefix + "." + key;
          if (value instanceof Map<?, ?> inner) {
            flatten(name, inner, flat);
          } else {
            flat.put(name, String.valueOf(value));
          }
        });
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put(MASTER.name(), master);
    plain.put(WORKERS.name(), workers);
    plain.put(SERVERS.name(), servers);
    plain.put(PLACEMENT.name(), placement.key());
    plain.put(SERVER_PROCESSES.name(), serverProcesses);
    plain.put(THREADS.name(), threads);
    plain.put(DEVICE.name(), device.key());
    plain.put(JOIN_TIMEOUT.name(), Durations.show(joinTimeout));
    plain.put(HEARTBEAT.name(), Durations.show(heartbeat));
    plain.put(FAILURE_TIMEOUT.name(), Durations.show(failureTimeout));
    plain.putAll(driver.plain());
    if (!secretFile.isEmpty()) {
      plain.put(SECRET_FILE.name(), secretFile);
    }
    if (!spark.isEmpty()) {
      plain.put(SPARK.name(), spark);
    }
    return plain;
  }
}
