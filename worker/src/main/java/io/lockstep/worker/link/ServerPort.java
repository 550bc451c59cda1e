package io.lockstep.worker.link;

import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.optim.View;
import io.lockstep.common.tree.Scalars;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A server as a worker meets it: what the frames on a socket say, as method calls. The server's
 * side of a socket calls it after decoding, a worker in the same process calls it directly.
 */
public interface ServerPort {
  /**
   * Lets a worker in. A connection of an earlier attempt of the same worker is closed.
   *
   * @throws LinkException refused: another run, another incarnation, or an attempt that another has
   *     followed
   */
  Session open(WorkerIdentity worker) throws LinkException;

  /** One worker's connection. One thread sends, one other may receive. */
  interface Session extends AutoCloseable {
    /** The first step of which the server had not applied all chunks when the session opened. */
    long current();

    /** The form in which gradients are to come. */
    GradientForm form();

    /**
     * The loss scale of the step from a version, as a power of two: what its gradients are to be
     * multiplied by; 0 without a loss scale.
     *
     * @param version of a chunk that was received
     */
    int scaleExponent(long version);

    /**
     * Asks for all chunks of a version; those applied already come at once, the others as they are
     * applied.
     *
     * @param version the current one or the one before it (a rejoining worker), or the next
     * @throws LinkException where the version is gone or still to come, or the session is closed
     */
    default void pull(long version) throws LinkException {
      pull(version, View.PARAMETERS);
    }

    /**
     * Asks for all chunks of a view of a version. Parameters come as {@link #pull(long)} says.
     * Other views are computed when they are received, as long as the server has not begun the
     * update to the next version; then it says that they are gone.
     *
     * @throws LinkException where the version is still to come, the server has no such view, or the
     *     session is closed
     */
    void pull(long version, View view) throws LinkException;

    /**
     * Says what the schedule has learned from the validation before a step; comes before the step's
     * sums, from every worker with the same bits.
     *
     * @throws LinkException where the step is still to come, or the session is closed
     */
    void schedule(long step, List<Double> state) throws LinkException;

    /**
     * Accounts for a node's leaves: its gradients follow, or, where absent, nothing follows.
     *
     * @param present whether any leaf below the node had examples
     * @param scalars the node's other sums; without meaning where absent
     * @throws LinkException where the step is still to come, or the session is closed
     */
    void sums(long step, int node, boolean present, Scalars scalars) throws LinkException;

    /**
     * Hands over a node's gradient for one chunk. Of an old step, or handed over before, it is
     * dropped: a partial sum has the same bits whoever computes it.
     *
     * @param chunk number in the layout
     * @param scaleExponent the power of two that the gradient was multiplied by
     * @param gradient [chunk length] from position to limit, rounded to the {@link #form} after it
     *     was multiplied, unless it holds running statistics; copied before this returns
     * @throws LinkException where the step is still to come, the node's sums were not sent, the
     *     chunk is another server's, the scale another than the step's, or the session is closed
     */
    void gradient(long step, int node, int chunk, int scaleExponent, FloatBuffer gradient)
        throws LinkException;

    /**
     * Waits for the next chunk of what was pulled.
     *
     * @param receiver gets exactly one chunk, or hears that the rest is gone
     * @return false where the session was closed
     */
    boolean receive(Receiver receiver) throws LinkException, InterruptedException;

    /** Ends the session; a waiting {@link #receive} returns. */
    @Override
    void close();
  }

  /** Takes a chunk of parameters. */
  interface Receiver {
    /**
     * A chunk of a view of a version.
     *
     * @param values its parameters, little-endian float32 from position to limit, direct; not
     *     changed by anyone before this worker has had the chance to ask for the next version, or,
     *     where it is not of the parameters, before the next is received
     */
    void parameters(long version, View view, int chunk, java.nio.ByteBuffer values)
        throws LinkException;

    /** The server has gone beyond the version whose view was pulled; nothing more of it comes. */
    void gone(long version, View view) throws LinkException;
  }
}
