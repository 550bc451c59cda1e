package io.lockstep.worker.link;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a server listens, on all its ways; the worker takes the shortest: the same process
 * directly, the same host over the Unix-domain socket, others over TCP.
 *
 * @param server its number, from 0
 * @param host name or address for TCP
 * @param port for TCP
 * @param unixPath of the Unix-domain socket; empty where there is none
 * @param hostId what {@link HostIdentity#ofThisHost} says where the server runs
 * @param processToken what {@link LocalPorts#processToken} says there
 */
public record ServerAddress(
    int server, String host, int port, String unixPath, String hostId, String processToken) {
  /** The ways to a server, shortest first. */
  public enum Way {
    /** Arrays handed over within one process. */
    DIRECT,
    /** A Unix-domain socket within one host. */
    UNIX,
    /** TCP. */
    TCP
  }

  /** The shortest way from this process. */
  public Way way() {
    if (processToken.equals(LocalPorts.processToken())) {
      return Way.DIRECT;
    }
    return isOnThisHost() && isReachable(unixPath) ? Way.UNIX : Way.TCP;
  }

  private boolean isOnThisHost() {
    return !hostId.isEmpty() && hostId.equals(HostIdentity.ofThisHost());
  }

  /** Another user's private folder is not. */
  private static boolean isReachable(String unixPath) {
    return !unixPath.isEmpty() && Files.isWritable(Path.of(unixPath));
  }

  /** The same server, to be reached by TCP alone. */
  public ServerAddress tcpOnly() {
    return new ServerAddress(server, host, port, "", "", "");
  }

  /** The same server, not to be reached directly. */
  public ServerAddress byUnixSocket() {
    return new ServerAddress(server, host, port, unixPath, hostId, "");
  }

  /** As errors and logs name it. */
  @Override
  public String toString() {
    return "server " + server + " at " + host + ":" + port;
  }
}
