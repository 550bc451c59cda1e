package io.lockstep.driver.server.actor;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.lockstep.driver.coordinator.ToServers;

/**
 * Does what the coordinator says with the servers of one place. Loading a checkpoint takes time: it
 * belongs on a dispatcher whose threads may block.
 */
public final class ServerHost extends AbstractBehavior<ToServers> {
  private final HostedServers servers;
  private final Runnable heard;

  private ServerHost(ActorContext<ToServers> context, HostedServers servers, Runnable heard) {
    super(context);
    this.servers = servers;
    this.heard = heard;
  }

  /** A host; it closes the servers when it ends. */
  public static Behavior<ToServers> create(HostedServers servers) {
    return create(servers, () -> {});
  }

  /**
   * A host that has asked to be one.
   *
   * @param heard called when the coordinator answers, perhaps several times
   */
  public static Behavior<ToServers> create(HostedServers servers, Runnable heard) {
    return Behaviors.setup(context -> new ServerHost(context, servers, heard));
  }

  @Override
  public Receive<ToServers> createReceive() {
    return newReceiveBuilder()
        .onMessage(ToServers.Host.class, this::host)
        .onMessage(ToServers.Totals.class, this::totals)
        .onMessage(ToServers.Heard.class, message -> heard())
        .onMessage(ToServers.Close.class, close -> Behaviors.stopped())
        .onSignal(PostStop.class, signal -> stopped())
        .build();
  }

  private Behavior<ToServers> host(ToServers.Host host) {
    servers.host(host.incarnation(), host.step(), host.servers());
    return this;
  }

  private Behavior<ToServers> totals(ToServers.Totals totals) {
    servers.totals(totals.incarnation(), totals.step(), totals.round(), totals.totals());
    return this;
  }

  private Behavior<ToServers> heard() {
    heard.run();
    return this;
  }

  private Behavior<ToServers> stopped() {
    servers.close();
    return this;
  }
}
