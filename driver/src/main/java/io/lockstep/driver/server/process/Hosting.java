package io.lockstep.driver.server.process;

import akka.actor.typed.ActorRef;
import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.coordinator.ProcessSystem;
import io.lockstep.driver.coordinator.RunId;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.coordinator.ToServers;
import io.lockstep.driver.server.actor.HostedServers;
import io.lockstep.driver.server.actor.ServerCanary;
import io.lockstep.driver.server.actor.ServerHost;
import io.lockstep.driver.server.actor.ServerPlan;
import io.lockstep.driver.server.door.Assignment;
import io.lockstep.driver.server.door.Visit;
import io.lockstep.driver.storage.Storage;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.link.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** This process's part in one run: its actor system and its servers, until the run is over. */
final class Hosting implements AutoCloseable {
  /** Messages may be lost; what must arrive is said again. */
  private static final Duration REPEAT = Duration.ofSeconds(2);

  private final Visit visit;
  private final RunConfiguration configuration;
  private final Endpoint control;
  private final ProcessSystem system;
  private final HostedServers servers;
  private final ActorRef<ToCoordinator> coordinator;
  private final ActorRef<ToServers> host;
  private final ToCoordinator.ProcessReady ready;
  private final String run;
  private final AtomicBoolean heard = new AtomicBoolean();

  /**
   * Makes everything that the run's servers need.
   *
   * @throws RuntimeException where that cannot be had here, saying why
   */
  Hosting(Visit visit, Invitation invitation) {
    this.visit = visit;
    Assignment assignment = visit.assignment();
    configuration = RunConfiguration.parse(assignment.configuration(), "the run's configuration");
    run = RunId.enter(configuration.name(), assignment.runToken());
    RunParts parts = RunParts.of(configuration, assignment.epochs());
    CheckpointStore store =
        Storage.with(configuration.cluster().spark()).checkpoints(assignment.checkpoints());
    StorageMark.require(store, assignment.mark());
    String reachedAt = invitation.host().isEmpty() ? visit.localHost() : invitation.host();
    String bindHost = invitation.bindHost().isEmpty() ? reachedAt : invitation.bindHost();
    control = new Endpoint(reachedAt, bindHost, invitation.controlPort());
    Fingerprint fingerprint = ServerCanary.fingerprint(parts);
    ClusterSection cluster = configuration.cluster();
    system =
        ProcessSystem.open(
            assignment.runToken(), control, cluster.heartbeat(), cluster.failureTimeout());
    coordinator = system.find(assignment.coordinator());
    ServerPlan plan =
        ServerPlan.of(
            parts,
            assignment.runToken(),
            new Checkpoints(store),
            control.withPort(invitation.dataPort()),
            socketFolder(assignment));
    servers = new HostedServers(plan, coordinator::tell);
    host =
        system.start(
            ServerHost.create(servers, () -> heard.set(true)),
            "server-process-" + assignment.process());
    ready =
        new ToCoordinator.ProcessReady(
            assignment.runToken(),
            assignment.process(),
            ProcessHandle.current().pid(),
            reachedAt,
            fingerprint,
            host);
  }

  /** The driver's, which it removes at the end, where this is its host; else a private one. */
  private static @Nullable Path socketFolder(Assignment assignment) {
    Path folder = Path.of(assignment.socketFolder());
    return Files.isWritable(folder) ? folder : null;
  }

  /** What the user reads. */
  String describe() {
    return "serving the run "
        + run
        + " as its server process "
        + ready.process()
        + " (pid "
        + ready.pid()
        + " at "
        + ready.host()
        + ")";
  }

  String run() {
    return run;
  }

  /** Hosts servers until the run is over, or goes on without this process. */
  Visit.End untilOver() {
    long begin = System.nanoTime();
    Duration patience = configuration.cluster().failureTimeout();
    while (true) {
      if (!heard.get()) {
        if (System.nanoTime() - begin > patience.toNanos()) {
          return new Visit.End(Visit.Kind.LOST, unheard(patience));
        }
        coordinator.tell(ready);
      }
      Optional<Visit.End> end = visit.await(REPEAT);
      if (end.isPresent()) {
        return end.get();
      }
    }
  }

  private String unheard(Duration patience) {
    return "it lets processes in, but its control messages did not arrive within "
        + patience.toSeconds()
        + "s: this process must reach "
        + coordinator.path().address()
        + " (cluster.host, cluster.controlPort), and the driver "
        + host.path().address()
        + " and the port of this process (--host, --port)";
  }

  @Override
  public void close() {
    servers.close();
    host.tell(new ToServers.Close());
    system.close();
  }
}
