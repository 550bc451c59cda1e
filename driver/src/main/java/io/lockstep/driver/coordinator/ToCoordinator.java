package io.lockstep.driver.coordinator;

import akka.actor.typed.ActorRef;
import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.StepTimes;
import io.lockstep.worker.StreamSums;
import io.lockstep.worker.link.ServerAddress;
import java.util.List;

/** What the coordinator is told. Every message but the first says whose it is by numbers alone. */
public sealed interface ToCoordinator {
  /**
   * A worker's task is ready to take part.
   *
   * @param runToken the run's secret
   * @param submission the Spark job that the task belongs to, from 1
   * @param worker its index in the deal of streams, from 0
   * @param attempt Spark's number of the task attempt; grows with every attempt
   * @param pid its process
   * @param host its host's name
   * @param fingerprint what it computes with
   * @param task hears what to do
   * @param servers hosts servers beside the worker
   */
  record Join(
      String runToken,
      int submission,
      int worker,
      long attempt,
      long pid,
      String host,
      Fingerprint fingerprint,
      ActorRef<ToWorker> task,
      ActorRef<ToServers> servers)
      implements ToCoordinator {
    /** Without the token. */
    @Override
    public String toString() {
      return "Join[worker " + worker + ", attempt " + attempt + ", pid " + pid + ", " + host + "]";
    }
  }

  /**
   * A server process is ready to host servers.
   *
   * @param runToken the run's secret
   * @param process its number, as it was told at the door
   * @param pid its process
   * @param host the name or address under which it is reached
   * @param fingerprint what its updates are computed with
   * @param servers hosts servers there
   */
  record ProcessReady(
      String runToken,
      int process,
      long pid,
      String host,
      Fingerprint fingerprint,
      ActorRef<ToServers> servers)
      implements ToCoordinator {
    /** Without the token. */
    @Override
    public String toString() {
      return "ProcessReady[process " + process + ", pid " + pid + ", " + host + "]";
    }
  }

  /** A server process has gone, or cannot be reached. */
  record ProcessGone(int process, String reason) implements ToCoordinator {}

  /** The user should know. */
  record Notice(String message) implements ToCoordinator {}

  /** A server listens, its parameters loaded. */
  record ServerReady(int incarnation, ServerAddress address) implements ToCoordinator {}

  /** A server cannot go on; the run ends. */
  record ServerFailed(int incarnation, int server, String reason) implements ToCoordinator {}

  /**
   * A sum or a parameter that an update made is not finite; the run ends.
   *
   * @param step the update, from 1
   * @param reason which value
   */
  record ServerNotFinite(int incarnation, int server, long step, String reason)
      implements ToCoordinator {}

  /**
   * A server has applied all its chunks of a step.
   *
   * @param nanos when, by {@link System#nanoTime} of the server's process
   */
  record StepApplied(int incarnation, int server, StepReport report, long nanos)
      implements ToCoordinator {}

  /** A server's part of a round of sums, where other processes have other parts. */
  record RoundReady(int incarnation, RoundSums sums) implements ToCoordinator {}

  /**
   * A server's file of a checkpoint is complete.
   *
   * @param step updates done
   */
  record ShardSaved(int incarnation, int server, long step, ShardEntry entry)
      implements ToCoordinator {}

  /**
   * The sums of a worker's validation streams, or of some of them where one message could not hold
   * all; answered by {@link ToWorker.Validated} when all of the worker's are there.
   *
   * @param incarnation of the servers whose parameters were measured
   * @param step updates done
   * @param from the worker's first stream
   * @param to the stream behind its last
   * @param sums of the model
   * @param average of the average of the weights; empty where none is kept
   * @param nanos how long it took
   */
  record ValidationSums(
      int worker,
      long attempt,
      int incarnation,
      long step,
      int from,
      int to,
      List<StreamSums> sums,
      List<StreamSums> average,
      long nanos)
      implements ToCoordinator {}

  /** Where a worker's time went, for several steps at once. */
  record WorkerTimes(int worker, List<StepTimes> times) implements ToCoordinator {}

  /**
   * A slice's gradient or loss is not finite; the run ends.
   *
   * @param step the update that was being made, from 1
   * @param stream whose slice
   * @param tensor the first bad one; empty where only the loss is bad
   */
  record NotFinite(int worker, long step, int stream, String tensor) implements ToCoordinator {}

  /** A worker cannot reach a server any more, and asks where to go. */
  record LinkLost(int worker, long attempt, int incarnation, String reason)
      implements ToCoordinator {}

  /** A worker has the last parameters and nothing more to do. */
  record Finished(int worker, long attempt) implements ToCoordinator {}

  /** Something is wrong that another attempt would not mend, such as a changed source. */
  record Hopeless(int worker, String reason) implements ToCoordinator {}

  /** A task's attempt has failed, as Spark says. */
  record TaskFailed(int worker, long attempt, String reason) implements ToCoordinator {}

  /** Spark has ended the job of a submission, though the run is not over. */
  record JobEnded(int submission, String reason) implements ToCoordinator {}

  /** The run is to end now, as by Ctrl-C. */
  record Interrupt(String reason) implements ToCoordinator {}

  /** Who listens to the run has seen enough: the run ends without its last steps. */
  record Enough() implements ToCoordinator {}

  /** A worker that lost a link has waited a moment for news. */
  record AskAgain(LinkLost lost) implements ToCoordinator {}

  /** A watched task is gone. */
  record TaskGone(int worker, long attempt) implements ToCoordinator {}

  /** Time has passed. */
  enum Tick implements ToCoordinator {
    /** The one tick. */
    INSTANCE
  }
}
