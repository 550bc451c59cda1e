package io.lockstep.worker;

import io.lockstep.worker.link.ServerAddress;
import java.util.List;
import java.util.Optional;

/** The worker's way to the coordinator, as the loop needs it. */
public interface Control {
  /**
   * Where to go.
   *
   * @param incarnation of the servers
   * @param servers their addresses, by number
   */
  record Assignment(int incarnation, List<ServerAddress> servers) {}

  /**
   * Waits until the coordinator says where to go on.
   *
   * @return empty where the run is over
   */
  Optional<Assignment> next() throws InterruptedException;

  /**
   * Names what to close when the run ends, or the coordinator is lost, while the loop is at work;
   * closed at once where that has happened already.
   */
  void breakOff(AutoCloseable link);

  /** A link broke. */
  void linkLost(int incarnation, String reason);

  /**
   * Hands over the validation sums of all own streams, and waits until they have arrived; where the
   * schedule looks at a metric, until those of all workers have.
   *
   * @param step updates done
   * @param sums of the model
   * @param average the sums of the average of the weights; empty where none is kept
   * @param nanos how long the validation took
   * @return what the schedule has learned, for the servers; empty lists for one that looks at the
   *     step alone. Nothing where the run is over, or goes on elsewhere.
   */
  Optional<List<Double>> validated(
      long step, List<StreamSums> sums, List<StreamSums> average, long nanos)
      throws InterruptedException;

  /** Says where the time of steps went; returns at once. */
  void times(List<StepTimes> times);

  /**
   * Stops the run.
   *
   * @param step the update that was being made, from 1
   * @param stream whose slice is not finite
   * @param tensor the first bad one; empty where only the loss is bad
   */
  void notFinite(long step, int stream, String tensor);

  /** Nothing is left to do; the parameters are the last ones. */
  void finished();
}
