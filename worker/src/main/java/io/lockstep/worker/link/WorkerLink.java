package io.lockstep.worker.link;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.View;
import io.lockstep.common.tree.Partial;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One worker's way to all servers of an incarnation. The worker's thread calls {@link #pull},
 * {@link #push} and {@link #await}; any thread may {@link #close}, which wakes the worker's with a
 * {@link LinkException}. After any exception the link is of no more use: close it, ask the
 * coordinator for the present incarnation, connect again.
 */
public final class WorkerLink implements AutoCloseable {
  /** Sockets before servers of this process: their threads send while this one adds. */
  private final List<ServerLink> links = new CopyOnWriteArrayList<>();

  private final AtomicReference<@Nullable LinkException> failure = new AtomicReference<>();

  private WorkerLink() {}

  /**
   * Connects to all servers, each by its shortest way.
   *
   * @param layout of the model; the servers hold its shards in order
   * @param servers of the incarnation, in order of their numbers
   * @param sink where parameters go
   * @throws LinkException where a server cannot be reached, or refuses the worker
   */
  public static WorkerLink connect(
      WorkerIdentity worker, Layout layout, List<ServerAddress> servers, ParameterSink sink)
      throws LinkException {
    WorkerLink link = new WorkerLink();
    try {
      List<List<Chunk>> shards = layout.shards(servers.size());
      for (int s = 0; s < servers.size(); s++) {
        if (!shards.get(s).isEmpty()) {
          link.add(worker, servers.get(s), shards.get(s), layout, sink);
        }
      }
      return link;
    } catch (LinkException | RuntimeException e) {
      link.close();
      throw e;
    }
  }

  private void add(
      WorkerIdentity worker,
      ServerAddress address,
      List<Chunk> shard,
      Layout layout,
      ParameterSink sink)
      throws LinkException {
    if (address.way() != ServerAddress.Way.DIRECT) {
      links.add(
          0,
          SocketLink.connect(
              address,
              worker,
              shard,
              layout::isStatistics,
              layout.longestChunk(),
              sink,
              this::breakAllOff,
              SocketLink.PATIENCE));
      return;
    }
    ServerPort port = LocalPorts.find(worker.runToken(), worker.incarnation(), address.server());
    if (port == null) {
      throw LinkException.broken(address + " is not in this process any more", null);
    }
    links.add(new DirectLink(address, port, worker, shard, layout::isStatistics, sink));
  }

  /** One link broke: the worker may be waiting at another. */
  private void breakAllOff(LinkException cause) {
    if (failure.compareAndSet(null, cause)) {
      links.forEach(link -> link.breakOff(cause));
    }
  }

  /** The first step that not all servers have applied: where this worker goes on. */
  public long firstStep() {
    return links.stream().mapToLong(ServerLink::current).min().orElse(0);
  }

  /** Asks all servers for the parameters of a version; returns at once. */
  public void pull(long version) throws LinkException {
    pull(version, View.PARAMETERS);
  }

  /**
   * Puts a view of a version into the sink, in place of the parameters: pull those again before the
   * next step. The version is the one that this worker has, before it pushes the step from it.
   *
   * @return whether it is all there; false where a server has gone beyond the version, which
   *     happens where an earlier attempt of this worker has pushed that step
   */
  public boolean view(long version, View view) throws LinkException, InterruptedException {
    pull(version, view);
    await(version);
    return links.stream().noneMatch(ServerLink::isGone);
  }

  private void pull(long version, View view) throws LinkException {
    try {
      for (ServerLink link : links) {
        link.pull(version, view);
      }
    } catch (LinkException e) {
      throw first(e);
    }
  }

  /**
   * Tells all servers what the schedule has learned from the validation before a step, before the
   * step is pushed; nothing is sent where it looks at the step alone.
   *
   * @param state of the schedule; empty where it has none
   */
  public void schedule(long step, List<Double> state) throws LinkException {
    if (state.isEmpty()) {
      return;
    }
    try {
      for (ServerLink link : links) {
        link.schedule(step, state);
      }
    } catch (LinkException e) {
      throw first(e);
    }
  }

  /**
   * Hands over a step's partial sums, all of them finite, and asks for version step + 1. Sockets
   * are fed by their own threads; servers in this process take theirs in the calling one. The
   * worker's parameters may be overwritten from now on, and the partial sums must stay as they are
   * until {@link #await} returns.
   *
   * @param partials of the worker's whole run of slices, as {@link
   *     io.lockstep.common.tree.PartialSums#await} gives them
   */
  public void push(long step, List<Partial> partials) throws LinkException {
    try {
      for (ServerLink link : links) {
        link.push(step, partials);
      }
    } catch (LinkException e) {
      throw first(e);
    }
  }

  /**
   * Waits until this worker's partial sums have left and all chunks of all servers are in the sink.
   *
   * @param version as pulled, or the step pushed + 1
   */
  public void await(long version) throws LinkException, InterruptedException {
    try {
      for (int l = links.size() - 1; l >= 0; l--) {
        links.get(l).await(version);
      }
    } catch (LinkException e) {
      throw first(e);
    }
  }

  /** Bytes that went over sockets to all servers so far. */
  public long sentBytes() {
    return links.stream().mapToLong(ServerLink::sentBytes).sum();
  }

  /** Bytes that came over sockets from all servers so far. */
  public long receivedBytes() {
    return links.stream().mapToLong(ServerLink::receivedBytes).sum();
  }

  /** What broke first is what the worker is told; the others only followed. */
  private LinkException first(LinkException e) {
    breakAllOff(e);
    LinkException cause = failure.get();
    return cause == null ? e : cause;
  }

  @Override
  public void close() {
    links.forEach(ServerLink::close);
  }
}
