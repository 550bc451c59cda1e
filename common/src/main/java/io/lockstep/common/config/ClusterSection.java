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
 * @param threads slices that a worker computes side by side
 * @param joinTimeout how long workers are waited for
 * @param heartbeat time between signs of life
 * @param failureTimeout silence after which a process counts as dead
 * @param host the address under which other processes reach this one; empty for Spark's choice
 * @param spark settings handed to Spark as they are
 */
public record ClusterSection(
    String master,
    int workers,
    int servers,
    Placement placement,
    int threads,
    Duration joinTimeout,
    Duration heartbeat,
    Duration failureTimeout,
    String host,
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
          List.of("driver", "workers"),
          "where servers live: in the driver, or beside the workers");

  /** Slices side by side. */
  public static final Key<Integer> THREADS =
      Key.integer(
          "threads",
          1,
          Range.closed(1, 4096),
          "slices that a worker computes side by side, each on one core");

  /** How long workers are waited for. */
  public static final Key<Duration> JOIN_TIMEOUT =
      Key.duration(
          "joinTimeout",
          Duration.ofSeconds(60),
          "how long workers are waited for before the run goes on with the slots there are");

  /** Time between signs of life. */
  public static final Key<Duration> HEARTBEAT =
      Key.duration("heartbeat", Duration.ofSeconds(1), "time between signs of life");

  /** Silence that means death. */
  public static final Key<Duration> FAILURE_TIMEOUT =
      Key.duration(
          "failureTimeout", Duration.ofSeconds(30), "silence after which a process counts as dead");

  /** Address of this process. */
  public static final Key<String> HOST =
      Key.text(
          "host", "", "address under which other processes reach the driver; Spark's if empty");

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
          THREADS,
          JOIN_TIMEOUT,
          HEARTBEAT,
          FAILURE_TIMEOUT,
          HOST,
          SPARK);

  /** Copies the settings of Spark. */
  public ClusterSection {
    spark = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(spark));
  }

  /** Whether all workers run in this process. */
  public boolean isLocal() {
    return master.equals("local");
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
    return new ClusterSection(
        options.get(MASTER),
        workers,
        options.get(SERVERS),
        Placement.of(options.get(PLACEMENT)),
        options.get(THREADS),
        options.get(JOIN_TIMEOUT),
        options.get(HEARTBEAT),
        options.get(FAILURE_TIMEOUT),
        options.get(HOST),
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
    plain.put(THREADS.name(), threads);
    plain.put(JOIN_TIMEOUT.name(), Durations.show(joinTimeout));
    plain.put(HEARTBEAT.name(), Durations.show(heartbeat));
    plain.put(FAILURE_TIMEOUT.name(), Durations.show(failureTimeout));
    if (!host.isEmpty()) {
      plain.put(HOST.name(), host);
    }
    if (!spark.isEmpty()) {
      plain.put(SPARK.name(), spark);
    }
    return plain;
  }
}
