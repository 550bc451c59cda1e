package io.lockstep.driver.server.actor;

import io.lockstep.common.checkpoint.CheckpointException;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.metrics.Figure;
import io.lockstep.driver.metrics.Figures;
import io.lockstep.driver.report.Reason;
import io.lockstep.driver.server.link.LocalRounds;
import io.lockstep.driver.server.link.ParameterServer;
import io.lockstep.driver.server.link.ServerEvents;
import io.lockstep.driver.server.link.ServerSettings;
import io.lockstep.driver.server.shard.ParameterShard;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepFailure;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.link.Endpoint;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The parameter servers of one place, a process or a task: those of one incarnation at a time. Safe
 * for threads. What they have to say goes to the coordinator as messages. Messages may be lost: a
 * place that is told again to host what it hosts says its servers' last words again.
 */
public final class HostedServers implements AutoCloseable {
  private static final Figures FIGURES = Figures.ofProcess();

  private final ServerPlan plan;
  private final Consumer<ToCoordinator> coordinator;
  private final Map<Integer, ParameterServer> servers = new HashMap<>();

  /** What the servers of the present incarnation said last, each by its number. */
  private final Map<Integer, LastWords> lastWords = new TreeMap<>();

  private int incarnation;
  private boolean closed;

  /**
   * No servers yet.
   *
   * @param coordinator is told what happens; returns at once
   */
  public HostedServers(ServerPlan plan, Consumer<ToCoordinator> coordinator) {
    this.plan = plan;
    this.coordinator = coordinator;
  }

  /**
   * Closes the servers of an earlier incarnation and starts those of this one; told again, says
   * again that they are ready, and what they said last.
   *
   * @param newIncarnation must not be earlier than the present one, otherwise nothing happens
   * @param step the checkpoint to load, 0 for the first values, unless the plan has {@code begun}
   * @param numbers which servers; perhaps none
   */
  public synchronized void host(int newIncarnation, long step, List<Integer> numbers) {
    if (closed || newIncarnation < incarnation) {
      return;
    }
    if (newIncarnation == incarnation) {
      sayReady();
      lastWords.values().forEach(LastWords::sayAgain);
    } else if (startAll(newIncarnation, step, numbers)) {
      sayReady();
    }
  }

  private void sayReady() {
    for (ParameterServer server : servers.values()) {
      coordinator.accept(new ToCoordinator.ServerReady(incarnation, server.address()));
    }
  }

  private boolean startAll(int newIncarnation, long step, List<Integer> numbers) {
    closeServers();
    lastWords.clear();
    incarnation = newIncarnation;
    long busyHere =
        numbers.stream()
            .filter(s -> !plan.layout().shards(plan.servers()).get(s).isEmpty())
            .count();
    LocalRounds allHere = busyHere == plan.busyShards() ? new LocalRounds(plan.layout()) : null;
    for (int number : numbers) {
      lastWords.put(number, new LastWords(coordinator));
      try {
        servers.put(number, start(number, plan.endpoint().next(servers.size()), step, allHere));
        FIGURES.add(Figure.SERVERS, 1);
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        wordsOf(number).say(cannotGoOn(newIncarnation, number, e));
        return false;
      }
    }
    if (allHere != null) {
      allHere.servers(List.copyOf(servers.values()));
    }
    return true;
  }

  /** Hands the totals of a round to the servers of that incarnation. */
  public synchronized void totals(int ofIncarnation, long step, int round, double[][] totals) {
    if (ofIncarnation == incarnation) {
      servers.values().forEach(server -> server.totals(step, round, totals));
    }
  }

  private ParameterServer start(
      int number, Endpoint endpoint, long step, @Nullable LocalRounds allHere) throws IOException {
    List<Chunk> chunks = plan.layout().shards(plan.servers()).get(number);
    Manifest manifest = step == 0 && !plan.begun() ? null : plan.checkpoints().manifest(step);
    Schedule schedule =
        manifest == null ? plan.schedule() : plan.schedule().restore(manifest.schedule());
    ParameterShard shard = ServerShard.empty(plan, chunks, schedule, step);
    if (manifest == null) {
      ServerShard.initialize(plan, shard);
    } else if (!chunks.isEmpty()) {
      int first = shard.firstChunk();
      plan.checkpoints().read(manifest, first, first + chunks.size(), shard::load);
      shard.load(manifest.shards().get(0).numbers());
    }
    Events events = new Events(number, incarnation, wordsOf(number), shard, allHere);
    ServerSettings settings =
        new ServerSettings(
            plan.runToken(), incarnation, number, endpoint, plan.socketFolder(), plan.gradients());
    return ParameterServer.start(settings, shard, plan.layout().longestChunk(), events);
  }

  private LastWords wordsOf(int number) {
    return java.util.Objects.requireNonNull(lastWords.get(number));
  }

  private static ToCoordinator cannotGoOn(int ofIncarnation, int number, Throwable e) {
    return new ToCoordinator.ServerFailed(ofIncarnation, number, Reason.of(e));
  }

  private void closeServers() {
    servers.values().forEach(ParameterServer::close);
    FIGURES.add(Figure.SERVERS, -servers.size());
    servers.clear();
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeServers();
  }

  /** Forwards what a server tells, and writes its part of a checkpoint between two steps. */
  private final class Events implements ServerEvents {
    private final int server;
    private final int ownIncarnation;
    private final LastWords words;
    private final ParameterShard shard;
    private final @Nullable LocalRounds allHere;

    Events(
        int server,
        int ownIncarnation,
        LastWords words,
        ParameterShard shard,
        @Nullable LocalRounds allHere) {
      this.server = server;
      this.ownIncarnation = ownIncarnation;
      this.words = words;
      this.shard = shard;
      this.allHere = allHere;
    }

    @Override
    public void stepDone(StepReport report) {
      FIGURES.set(Figure.SERVER_STEP, (double) (report.step() + 1));
      words.say(new ToCoordinator.StepApplied(ownIncarnation, server, report, System.nanoTime()));
      long done = report.step() + 1;
      if (plan.milestones().checkpoints(done)) {
        try {
          words.add(new ToCoordinator.ShardSaved(ownIncarnation, server, done, save(done)));
        } catch (CheckpointException e) {
          words.add(cannotGoOn(ownIncarnation, server, e));
        }
      }
    }

    private ShardEntry save(long step) {
      return ServerShard.save(plan, shard, step, server);
    }

    @Override
    public void workerJoined(int worker, long attempt) {
      FIGURES.add(Figure.SERVER_WORKERS, 1);
    }

    @Override
    public void workerLeft(int worker, long attempt, String why) {
      FIGURES.add(Figure.SERVER_WORKERS, -1);
    }

    @Override
    public void received(long bytes) {
      FIGURES.add(Figure.SERVER_RECEIVED_BYTES, (double) bytes);
    }

    @Override
    public void sent(long bytes) {
      FIGURES.add(Figure.SERVER_SENT_BYTES, (double) bytes);
    }

    @Override
    public void roundReady(RoundSums sums) {
      if (allHere == null) {
        words.say(new ToCoordinator.RoundReady(ownIncarnation, sums));
      } else {
        allHere.roundReady(sums);
      }
    }

    @Override
    public void failed(StepFailure failure) {
      words.say(
          failure.isNotFinite()
              ? new ToCoordinator.ServerNotFinite(
                  ownIncarnation, server, failure.step() + 1, failure.message())
              : new ToCoordinator.ServerFailed(ownIncarnation, server, failure.message()));
    }
  }
}
