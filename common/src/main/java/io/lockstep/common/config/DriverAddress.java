package io.lockstep.common.config;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the driver listens, and how other processes reach it: keys of {@code cluster}. Ports that
 * are fixed are for firewalls and network policies, and for processes that start before the run.
 *
 * @param host the address under which others reach the driver; empty for Spark's choice
 * @param bindHost the address that it listens on; empty for Spark's choice
 * @param port where server processes ask for the run; 0 for a free one
 * @param controlPort of its actor system; 0 for a free one
 * @param dataPort of the first server in the driver, the next ones follow; 0 for free ones
 */
public record DriverAddress(String host, String bindHost, int port, int controlPort, int dataPort) {
  /** Where server processes ask for the run, unless the configuration says otherwise. */
  public static final int DEFAULT_PORT = 7090;

  private static final Range PORTS = Range.closed(0, 65_535);

  /** How others reach the driver. */
  public static final Key<String> HOST =
      Key.text(
          "host",
          "",
          "name or address under which other processes reach the driver; Spark's"
              + " (spark.driver.host) if empty");

  /** What it listens on. */
  public static final Key<String> BIND_HOST =
      Key.text(
          "bindHost",
          "",
          "address that the driver listens on, such as 0.0.0.0 in a container; Spark's"
              + " (spark.driver.bindAddress) if empty, else cluster.host");

  /** Where server processes ask. */
  public static final Key<Integer> PORT =
      Key.integer(
          "port",
          DEFAULT_PORT,
          PORTS,
          "port of the driver at which server processes ask for the run (lockstep server"
              + " --coordinator); open with placement processes only; 0 for a free one");

  /** The actor system's. */
  public static final Key<Integer> CONTROL_PORT =
      Key.integer(
          "controlPort",
          0,
          PORTS,
          "port of the driver for the control messages of workers and servers; 0 for a free one");

  /** The servers'. */
  public static final Key<Integer> DATA_PORT =
      Key.integer(
          "dataPort",
          0,
          PORTS,
          "with placement driver: port of the first server, the next ones follow; 0 for free ones");

  static DriverAddress read(Options options) {
    return new DriverAddress(
        options.get(HOST),
        options.get(BIND_HOST),
        options.get(PORT),
        options.get(CONTROL_PORT),
        options.get(DATA_PORT));
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    if (!host.isEmpty()) {
      plain.put(HOST.name(), host);
    }
    if (!bindHost.isEmpty()) {
      plain.put(BIND_HOST.name(), bindHost);
    }
    plain.put(PORT.name(), port);
    plain.put(CONTROL_PORT.name(), controlPort);
    plain.put(DATA_PORT.name(), dataPort);
    return plain;
  }
}
