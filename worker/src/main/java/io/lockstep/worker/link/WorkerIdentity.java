package io.lockstep.worker.link;

/**
 * Who connects to a server.
 *
 * @param runToken the run's secret
 * @param incarnation of the layout of chunks on servers
 * @param worker its index in the deal of streams, from 0
 * @param attempt grows with every attempt at this worker's task in the whole run, as Spark's {@code
 *     taskAttemptId} does; a server closes the connection of a lower attempt of the same worker,
 *     and refuses one that comes late
 */
public record WorkerIdentity(String runToken, int incarnation, int worker, long attempt) {
  /** Without the token. */
  @Override
  public String toString() {
    return "worker " + worker + " (attempt " + attempt + ", incarnation " + incarnation + ")";
  }
}
