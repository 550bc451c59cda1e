package io.lockstep.driver;

import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.DriverAddress;
import io.lockstep.driver.coordinator.ProcessSystem;
import io.lockstep.driver.report.Build;
import io.lockstep.driver.server.door.Door;
import io.lockstep.driver.server.door.SharedSecret;
import io.lockstep.worker.link.Endpoint;
import java.io.IOException;

/**
 * Where the driver listens, and how others reach it: as the configuration says, else as Spark does.
 *
 * @param door to server processes
 * @param control for messages of workers and servers
 * @param data of its first server
 */
record DriverEndpoints(Endpoint door, Endpoint control, Endpoint data) {
  /**
   * Finds them.
   *
   * @param sparkHost under which executors reach the driver
   * @param sparkBindHost that Spark's driver listens on; empty for the same
   */
  static DriverEndpoints of(ClusterSection cluster, String sparkHost, String sparkBindHost) {
    DriverAddress driver = cluster.driver();
    String host = driver.host().isEmpty() ? sparkHost : driver.host();
    String bindHost = sparkBindHost.isEmpty() ? sparkHost : sparkBindHost;
    if (!driver.bindHost().isEmpty()) {
      bindHost = driver.bindHost();
    } else if (!host.equals(sparkHost)) {
      bindHost = host;
    }
    Endpoint endpoint = new Endpoint(host, bindHost, 0);
    return new DriverEndpoints(
        endpoint.withPort(driver.port()),
        endpoint.withPort(driver.controlPort()),
        endpoint.withPort(driver.dataPort()));
  }

  /**
   * The driver's actor system.
   *
   * @throws ConfigurationException where it cannot listen there
   */
  ProcessSystem openControl(String runToken, ClusterSection cluster) {
    try {
      return ProcessSystem.open(runToken, control, cluster.heartbeat(), cluster.failureTimeout());
    } catch (IllegalStateException e) {
      throw new ConfigurationException(e.getMessage() + wayOut("cluster.controlPort"), e);
    }
  }

  /**
   * The door, its port taken.
   *
   * @throws ConfigurationException where it cannot listen there
   */
  Door openDoor(SharedSecret secret) {
    try {
      return Door.at(door, secret, Build.name());
    } catch (IOException e) {
      throw new ConfigurationException(
          "cannot wait for server processes at "
              + door
              + ": "
              + e.getMessage()
              + wayOut("cluster.port"),
          e);
    }
  }

  private static String wayOut(String port) {
    return "; give it a free port ("
        + port
        + ") and an address of this machine (cluster.bindHost, such as 0.0.0.0 for all)";
  }
}
