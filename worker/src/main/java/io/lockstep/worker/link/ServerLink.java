package io.lockstep.worker.link;

import io.lockstep.common.optim.View;
import io.lockstep.common.tree.Partial;
import java.util.List;

/** One worker's way to one server. Called by the worker's thread; {@link #close} by any. */
interface ServerLink extends AutoCloseable {
  /** The first step of which the server had not applied all chunks when the link opened. */
  long current();

  /** Asks for all chunks of a view of a version. */
  void pull(long version, View view) throws LinkException;

  /** Hands over the schedule's state, before the step's sums. */
  void schedule(long step, List<Double> state) throws LinkException;

  /** Hands over a step's sums and gradients, and asks for the version that comes of them. */
  void push(long step, List<Partial> partials) throws LinkException;

  /**
   * Waits until all is handed over and all chunks of what was pulled are in the sink, or the server
   * has said that it is gone.
   */
  void await(long version) throws LinkException, InterruptedException;

  /** Whether the server had gone beyond the version whose view was pulled last. */
  boolean isGone();

  /** Bytes that went over a socket to the server so far; none where it is in this process. */
  long sentBytes();

  /** Bytes that came over a socket from the server so far. */
  long receivedBytes();

  /** Gives up because another link of this worker broke; a waiting {@link #await} throws. */
  void breakOff(LinkException cause);

  @Override
  void close();
}
