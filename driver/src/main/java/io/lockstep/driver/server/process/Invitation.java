package io.lockstep.driver.server.process;

import io.lockstep.driver.server.door.SharedSecret;
import java.time.Duration;
import java.util.Optional;

/**
 * What a server process is started with.
 *
 * @param driverHost name or address of the driver
 * @param driverPort its {@code cluster.port}
 * @param secret that the driver knows too
 * @param host name or address under which this process is reached; empty for the one from which it
 *     reaches the driver
 * @param bindHost what it listens on; empty for the same
 * @param controlPort for the driver's messages; 0 for a free one
 * @param dataPort of its first server, the next ones follow; 0 for free ones
 * @param patience how long to ask for a driver; empty without end
 * @param forever whether to wait for the next run when one has ended
 */
public record Invitation(
    String driverHost,
    int driverPort,
    SharedSecret secret,
    String host,
    String bindHost,
    int controlPort,
    int dataPort,
    Optional<Duration> patience,
    boolean forever) {
  /** The driver's address as the user writes it. */
  String driver() {
    return driverHost + ":" + driverPort;
  }
}
