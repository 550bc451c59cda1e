package io.lockstep.worker.link;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The servers of this process, so that a worker beside one needs no socket. The one map of the
 * process: a Spark task and the server that another task, or the driver, started here have nothing
 * else in common.
 */
public final class LocalPorts {
  private record Name(String runToken, int incarnation, int server) {}

  private static final String PROCESS = UUID.randomUUID().toString();
  private static final Map<Name, ServerPort> PORTS = new ConcurrentHashMap<>();

  private LocalPorts() {}

  /** Tells this process, and this copy of the class, from all others. */
  public static String processToken() {
    return PROCESS;
  }

  /**
   * Makes a server known.
   *
   * @throws IllegalStateException where the run has that server here already
   */
  public static void publish(String runToken, int incarnation, int server, ServerPort port) {
    if (PORTS.putIfAbsent(new Name(runToken, incarnation, server), port) != null) {
      throw new IllegalStateException(
          "server " + server + " of incarnation " + incarnation + " is in this process already");
    }
  }

  /** Makes a server unknown again. */
  public static void withdraw(String runToken, int incarnation, int server) {
    PORTS.remove(new Name(runToken, incarnation, server));
  }

  /** The server, or null where it is not in this process. */
  public static @Nullable ServerPort find(String runToken, int incarnation, int server) {
    return PORTS.get(new Name(runToken, incarnation, server));
  }
}
