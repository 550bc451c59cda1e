package io.lockstep.driver.spark;

import akka.actor.ActorIdentity;
import akka.actor.Identify;
import akka.actor.typed.javadsl.Adapter;
import akka.pattern.Patterns;
import io.lockstep.driver.coordinator.ProcessSystem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether an executor and the coordinator reach each other. Akka itself tries again and again
 * without a word to the user, so this is asked before the worker joins, and what is wrong is said
 * with address, port, and what to set.
 *
 * @param host name or address of the driver
 * @param port of the driver's actor system
 * @param path the coordinator's, for Akka
 */
record CoordinatorReach(String host, int port, String path) {
  private static final Pattern ADDRESS = Pattern.compile("(akka://[^@/]+@(.+):([0-9]+)/[^#]+).*");

  /**
   * As the job's closure names the coordinator.
   *
   * @param address such as {@code akka://lockstep@10.0.0.1:4711/system/coordinator#17}
   */
  static CoordinatorReach of(String address) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw new IllegalArgumentException("the coordinator's address has no port: " + address);
    }
    return new CoordinatorReach(parts.group(2), Integer.parseInt(parts.group(3)), parts.group(1));
  }

  /**
   * Tries both directions.
   *
   * @param patience for each of them
   * @return whether the coordinator is there; it is not where the driver answers that it has ended,
   *     and the run with it
   * @throws UnreachableException where one of the directions is closed
   */
  boolean check(ProcessSystem system, Duration patience) throws InterruptedException {
    var own = system.system().address();
    String here = own.getHost().orElse("this executor");
    checkThere(here, patience);
    try {
      Object answer =
          Patterns.ask(
                  Adapter.toClassic(system.system()).actorSelection(path),
                  new Identify(path),
                  patience)
              .toCompletableFuture()
              .get();
      return ((ActorIdentity) answer).getActorRef().isPresent();
    } catch (ExecutionException e) {
      throw new UnreachableException(
          "the driver at "
              + host
              + ":"
              + port
              + " can be reached from this executor, but its answers do not arrive within "
              + patience.toSeconds()
              + "s: the driver must be able to open connections to "
              + here
              + ":"
              + own.getPort().orElse(0)
              + "; open the executors' ports to it in the firewall or NetworkPolicy, or give this"
              + " machine a name that the driver can resolve (SPARK_LOCAL_HOSTNAME)",
          e);
    }
  }

  /** From here to the driver. */
  void checkThere(String here, Duration patience) {
    InetSocketAddress there = new InetSocketAddress(host, port);
    if (there.isUnresolved()) {
      throw new UnreachableException(
          "the driver's name "
              + host
              + " is not known on "
              + here
              + ": set cluster.host to a name or address that every executor can resolve",
          null);
    }
    try (Socket socket = new Socket()) {
      socket.connect(there, Math.toIntExact(patience.toMillis()));
    } catch (IOException e) {
      throw new UnreachableException(
          "the driver at "
              + host
              + ":"
              + port
              + " cannot be reached from "
              + here
              + " ("
              + e.getMessage()
              + "): set cluster.host to an address of the driver that executors reach, fix its port"
              + " with cluster.controlPort, and open it in the firewall or NetworkPolicy",
          e);
    }
  }
}
