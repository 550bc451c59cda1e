package io.lockstep.driver.cluster;

import io.lockstep.common.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What a local cluster is made of.
 *
 * @param workers how many Spark workers, each a process
 * @param coresPerWorker cores that each of them offers, whatever the machine has
 * @param memoryMegabytesPerWorker memory that each of them offers to executors
 * @param directory where state, logs and scratch files live; made by start, removed by stop
 * @param sparkHome a folder with Spark's jars in {@code jars}
 * @param workerSettings settings of Spark that its workers start with, such as their GPUs
 * @param timeout within which master and workers must have come up
 */
public record ClusterSettings(
    int workers,
    int coresPerWorker,
    long memoryMegabytesPerWorker,
    Path directory,
    Path sparkHome,
    Map<String, String> workerSettings,
    Duration timeout) {

  /** Checks every number and that {@code sparkHome} holds jars. */
  public ClusterSettings {
    require(workers >= 1, "workers must be at least 1, got " + workers);
    require(coresPerWorker >= 1, "cores-per-worker must be at least 1, got " + coresPerWorker);
    require(
        memoryMegabytesPerWorker >= 512,
        "memory must be at least 512m, less starts no executor, got "
            + memoryMegabytesPerWorker
            + "m");
    require(
        Files.isDirectory(sparkHome.resolve("jars")),
        "SPARK_HOME must have a folder jars, got " + sparkHome + ": set it to a Spark 4.1");
    workerSettings = Map.copyOf(workerSettings);
    directory = directory.toAbsolutePath().normalize();
    sparkHome = sparkHome.toAbsolutePath().normalize();
  }

  /**
   * Two workers of two cores and 2 GiB, in the default directory.
   *
   * @param sparkHome a folder with Spark's jars in {@code jars}
   */
  public static ClusterSettings of(Path sparkHome) {
    return new ClusterSettings(
        2, 2, 2048, defaultDirectory(), sparkHome, Map.of(), Duration.ofMinutes(2));
  }

  /** The same with another number of workers. */
  public ClusterSettings withWorkers(int count) {
    return new ClusterSettings(
        count,
        coresPerWorker,
        memoryMegabytesPerWorker,
        directory,
        sparkHome,
        workerSettings,
        timeout);
  }

  /** The same with other resources a worker. */
  public ClusterSettings withResources(int cores, long memoryMegabytes) {
    return new ClusterSettings(
        workers, cores, memoryMegabytes, directory, sparkHome, workerSettings, timeout);
  }

  /** The same in another directory. */
  public ClusterSettings in(Path other) {
    return new ClusterSettings(
        workers,
        coresPerWorker,
        memoryMegabytesPerWorker,
        other,
        sparkHome,
        workerSettings,
        timeout);
  }

  /** The same with workers that start with these settings of Spark. */
  public ClusterSettings withWorkerSettings(Map<String, String> settings) {
    return new ClusterSettings(
        workers, coresPerWorker, memoryMegabytesPerWorker, directory, sparkHome, settings, timeout);
  }

  /** Where a cluster lives when nothing else is said: one a user, in the temporary folder. */
  public static Path defaultDirectory() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "lockstep-cluster-" + System.getProperty("user.name"));
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new ConfigurationException(message);
    }
  }
}
