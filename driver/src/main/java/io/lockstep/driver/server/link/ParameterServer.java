package io.lockstep.driver.server.link;

import io.lockstep.common.frame.Frame;
import io.lockstep.driver.server.shard.ParameterShard;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.ShardEvents;
import io.lockstep.driver.server.shard.StepFailure;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.LocalPorts;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.ServerPort;
import io.lockstep.worker.link.WorkerIdentity;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A shard that workers can reach: over TCP, over a Unix-domain socket, and directly from within
 * this process. It lets workers in, sends every new chunk to those that pulled its version, and
 * tells {@link ServerEvents} what the control side must know.
 */
public final class ParameterServer implements ServerPort, AutoCloseable {
  private final ServerSettings settings;
  private final byte[] tokenDigest;
  private final ParameterShard shard;
  private final ServerEvents events;
  private final ShardEvents shardEvents = new Forwarding();
  private final ExecutorService rounds;
  private final List<WorkerSession> sessions = new CopyOnWriteArrayList<>();

  /** The latest attempt of each worker; guarded by the server's lock. */
  private final Map<Integer, Long> attempts = new HashMap<>();

  private final ServerListener listener;
  private boolean closed;

  private ParameterServer(
      ServerSettings settings, ParameterShard shard, int longestChunk, ServerEvents events)
      throws IOException {
    this.settings = settings;
    this.tokenDigest = Frame.tokenDigest(settings.runToken());
    this.shard = shard;
    this.events = events;
    this.rounds =
        Executors.newSingleThreadExecutor(
            task -> daemon(task, "lockstep-server-" + settings.server() + "-rounds"));
    this.listener = ServerListener.open(settings, longestChunk, new Admission());
  }

  /**
   * Opens a server for a shard whose chunks are all loaded.
   *
   * @param longestChunk elements of the layout's longest chunk
   * @throws IOException where it cannot listen
   */
  public static ParameterServer start(
      ServerSettings settings, ParameterShard shard, int longestChunk, ServerEvents events)
      throws IOException {
    shard.requireLoaded();
    ParameterServer server = new ParameterServer(settings, shard, longestChunk, events);
    try {
      LocalPorts.publish(settings.runToken(), settings.incarnation(), settings.server(), server);
    } catch (IllegalStateException e) {
      server.closeListener();
      throw e;
    }
    server.listener.start();
    return server;
  }

  static Thread daemon(Runnable body, String name) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Where workers find it. */
  public ServerAddress address() {
    return listener.address();
  }

  /** The shard, for checkpoints. */
  public ParameterShard shard() {
    return shard;
  }

  /**
   * Goes on with the totals of a round over all servers; returns at once.
   *
   * @param perTensor [tensor][sum], as {@code RoundTotals} gives them
   */
  public void totals(long step, int round, double[][] perTensor) {
    try {
      rounds.execute(() -> shard.totals(step, round, perTensor, shardEvents));
    } catch (RejectedExecutionException e) {
      // The server has closed meanwhile; nobody waits for the step any more.
    }
  }

  /** Ends all connections, as when streams are dealt anew; workers may come again. */
  public void dropWorkers(String why) {
    sessions.forEach(session -> session.close(why));
  }

  @Override
  public Session open(WorkerIdentity worker) throws LinkException {
    if (!isToken(Frame.tokenDigest(worker.runToken()))) {
      throw LinkException.refused("the token is of another run");
    }
    if (worker.incarnation() != settings.incarnation()) {
      throw LinkException.refused(
          "incarnation must be " + settings.incarnation() + ", got " + worker.incarnation());
    }
    return admit(worker.worker(), worker.attempt(), (session, why) -> {});
  }

  private boolean isToken(byte[] digest) {
    return MessageDigest.isEqual(tokenDigest, digest);
  }

  /** Ends the worker's earlier session before it makes the new one. */
  private synchronized WorkerSession admit(int worker, long attempt, WorkerSession.OnClose onClose)
      throws LinkException {
    if (closed) {
      throw LinkException.refused(settings + " is closed");
    }
    long latest = attempts.getOrDefault(worker, Long.MIN_VALUE);
    if (attempt < latest) {
      throw LinkException.refused(
          "attempt " + latest + " of worker " + worker + " has taken over, got attempt " + attempt);
    }
    attempts.put(worker, attempt);
    for (WorkerSession session : sessions) {
      if (session.worker() == worker) {
        session.close("attempt " + attempt + " has taken over");
      }
    }
    WorkerSession session =
        new WorkerSession(
            worker,
            attempt,
            settings.form(),
            shard,
            shardEvents,
            (ended, why) -> {
              sessions.remove(ended);
              onClose.closed(ended, why);
              events.workerLeft(worker, attempt, why);
            });
    sessions.add(session);
    events.workerJoined(worker, attempt);
    return session;
  }

  /** Ends all connections and threads, and removes the socket's file. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    LocalPorts.withdraw(settings.runToken(), settings.incarnation(), settings.server());
    dropWorkers("the server closed");
    closeListener();
  }

  private void closeListener() {
    rounds.shutdown();
    listener.close();
  }

  /** What the listener asks of the server. */
  private final class Admission implements ServerListener.Admission {
    @Override
    public WorkerSession admit(
        byte[] digest, int server, int worker, long attempt, WorkerSession.OnClose onClose)
        throws LinkException {
      if (!isToken(digest)) {
        throw LinkException.refused("the token is of another run");
      }
      if (server != settings.server()) {
        throw LinkException.refused("server must be " + settings.server() + ", got " + server);
      }
      return ParameterServer.this.admit(worker, attempt, onClose);
    }

    @Override
    public void received(long bytes) {
      events.received(bytes);
    }

    @Override
    public void sent(long bytes) {
      events.sent(bytes);
    }
  }

  /** What the shard tells. */
  private final class Forwarding implements ShardEvents {
    @Override
    public void chunkReady(int index, long version) {
      for (WorkerSession session : sessions) {
        session.offer(index, version);
      }
    }

    @Override
    public void roundReady(RoundSums sums) {
      events.roundReady(sums);
    }

    @Override
    public void stepDone(StepReport report) {
      events.stepDone(report);
    }

    @Override
    public void failed(StepFailure failure) {
      events.failed(failure);
    }
  }
}
