package io.lockstep.driver.coordinator;

import akka.actor.BootstrapSetup;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import akka.remote.RemoteTransportException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.lockstep.worker.link.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actor system of a process, for one run: the driver and all tasks of a process share it, and
 * the last one to close it ends it. One map of the process, because tasks of one process have
 * nothing else in common.
 */
public final class ProcessSystem implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessSystem.class);
  private static final Duration END = Duration.ofSeconds(10);
  private static final Map<String, ProcessSystem> OPEN = new HashMap<>();

  private final String runToken;
  private final ActorSystem<Void> system;
  private int users;

  private ProcessSystem(String runToken, ActorSystem<Void> system) {
    this.runToken = runToken;
    this.system = system;
  }

  /**
   * The run's system in this process, made where there is none.
   *
   * @param endpoint where it listens, and how others reach it
   * @param heartbeat time between signs of life
   * @param failureTimeout silence after which a watched process counts as dead: long enough for one
   *     all of whose cores compute gradients
   * @throws IllegalStateException where it cannot listen there
   */
  public static ProcessSystem open(
      String runToken, Endpoint endpoint, Duration heartbeat, Duration failureTimeout) {
    synchronized (OPEN) {
      ProcessSystem present = OPEN.get(runToken);
      if (present == null) {
        Config config = configuration(endpoint, heartbeat, failureTimeout);
        present = new ProcessSystem(runToken, start(endpoint, config));
        OPEN.put(runToken, present);
      }
      present.users++;
      return present;
    }
  }

  private static ActorSystem<Void> start(Endpoint endpoint, Config config) {
    try {
      return ActorSystem.create(
          Behaviors.<Void>empty(),
          "lockstep",
          BootstrapSetup.create(config).withClassloader(ProcessSystem.class.getClassLoader()));
    } catch (RemoteTransportException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(
          "cannot listen for control messages at " + endpoint + ": " + cause.getMessage(), e);
    }
  }

  static Config configuration(Endpoint endpoint, Duration heartbeat, Duration failureTimeout) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("akka.actor.provider", "remote");
    settings.put("akka.actor.allow-java-serialization", "off");
    settings.put("akka.actor.serializers.lockstep", KryoSerializer.class.getName());
    for (Class<?> protocol :
        new Class<?>[] {ToCoordinator.class, ToWorker.class, ToServers.class}) {
      settings.put("akka.actor.serialization-bindings.\"" + protocol.getName() + "\"", "lockstep");
    }
    settings.put("akka.actor.default-dispatcher.fork-join-executor.parallelism-max", 4);
    settings.put("akka.remote.artery.transport", "tcp");
    settings.put("akka.remote.artery.canonical.hostname", endpoint.host());
    settings.put("akka.remote.artery.canonical.port", endpoint.port());
    settings.put("akka.remote.artery.bind.hostname", endpoint.bindHost());
    settings.put("akka.remote.artery.bind.port", endpoint.port());
    settings.put("akka.remote.artery.advanced.inbound-lanes", 1);
    settings.put("akka.remote.artery.advanced.maximum-frame-size", "1 MiB");
    settings.put("akka.remote.artery.advanced.buffer-pool-size", 16);
    settings.put("akka.remote.watch-failure-detector.heartbeat-interval", heartbeat);
    settings.put("akka.remote.watch-failure-detector.acceptable-heartbeat-pause", failureTimeout);

    // Without akka-cluster, watching is what tells a dead process.
    settings.put("akka.remote.use-unsafe-remote-features-outside-cluster", "on");
    settings.put("akka.remote.warn-unsafe-watch-outside-cluster", "off");
    settings.put("akka.coordinated-shutdown.run-by-jvm-shutdown-hook", "off");
    settings.put("akka.coordinated-shutdown.terminate-actor-system", "on");
    settings.put("akka.jvm-shutdown-hooks", "off");
    settings.put("akka.jvm-exit-on-fatal-error", "off");
    settings.put("akka.daemonic", "on");
    settings.put("akka.log-dead-letters", 0);
    settings.put("akka.use-slf4j", "on");
    settings.put("akka.loggers", java.util.List.of("akka.event.slf4j.Slf4jLogger"));
    settings.put("akka.logging-filter", "akka.event.slf4j.Slf4jLoggingFilter");
    settings.put("akka.loglevel", "INFO");
    return ConfigFactory.parseMap(settings)
        .withFallback(ConfigFactory.load(ProcessSystem.class.getClassLoader()));
  }

  /** The system itself. */
  public ActorSystem<Void> system() {
    return system;
  }

  /** Starts an actor on a dispatcher whose threads may block. */
  public <T> ActorRef<T> start(Behavior<T> behavior, String name) {
    return system.systemActorOf(behavior, name, DispatcherSelector.blocking());
  }

  /** An actor's address as text, for other processes. */
  public String addressOf(ActorRef<?> actor) {
    return ActorRefResolver.get(system).toSerializationFormat(actor);
  }

  /** The actor that an address names, in this process or another. */
  public <T> ActorRef<T> find(String address) {
    return ActorRefResolver.get(system).resolveActorRef(address);
  }

  /** Ends the system where nobody else of the process uses it, and waits for its end. */
  @Override
  public void close() {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(runToken);
    }
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the actor system has not ended within {}", END, e);
    }
  }
}
