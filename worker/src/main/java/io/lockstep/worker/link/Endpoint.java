package io.lockstep.worker.link;

/**
 * Where a process listens, and how others reach it: in a container, or behind a name, the two
 * differ.
 *
 * @param host name or address under which others reach it
 * @param bindHost name or address that it listens on
 * @param port the same on both; 0 for a free one
 */
public record Endpoint(String host, String bindHost, int port) {
  /** A free port of the address under which others reach it. */
  public static Endpoint at(String host) {
    return new Endpoint(host, host, 0);
  }

  /** The same with another port. */
  public Endpoint withPort(int newPort) {
    return new Endpoint(host, bindHost, newPort);
  }

  /** The one that follows after so many ports; a free port stays one. */
  public Endpoint next(int ports) {
    return withPort(port == 0 ? 0 : port + ports);
  }

  /** As errors and logs name it: how others reach it, and what it listens on where that differs. */
  @Override
  public String toString() {
    return host + ":" + port + (host.equals(bindHost) ? "" : " (listening on " + bindHost + ")");
  }
}
