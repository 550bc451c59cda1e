package io.lockstep.driver.submit;

import io.lockstep.common.config.ConfigurationException;

/** What gives Spark its executors. */
public enum ClusterManager {
  /** One process: {@code local} or {@code local[N]}. */
  LOCAL,
  /** Spark's own master: {@code spark://host:port}. */
  STANDALONE,
  /** Hadoop's: {@code yarn}. */
  YARN,
  /** Kubernetes: {@code k8s://https://host:port}. */
  KUBERNETES;

  /**
   * The one that a master's URL names.
   *
   * @throws ConfigurationException for a URL that Spark does not know
   */
  public static ClusterManager of(String master) {
    if (master.equals("local") || master.startsWith("local[")) {
      return LOCAL;
    }
    if (master.startsWith("spark://") || master.startsWith("local-cluster[")) {
      return STANDALONE;
    }
    if (master.equals("yarn")) {
      return YARN;
    }
    if (master.startsWith("k8s://")) {
      return KUBERNETES;
    }
    throw new ConfigurationException(
        "the master must be local, spark://HOST:PORT, yarn or k8s://URL, got '" + master + "'");
  }
}
