package io.lockstep.driver.server.link;

import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.optim.View;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.shard.ParameterShard;
import io.lockstep.driver.server.shard.ShardEvents;
import io.lockstep.driver.server.shard.ShardException;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.ServerPort;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker at one shard, whichever way it came: its calls go to the shard, and the chunks of the
 * version it pulled wait here until they are received. The queue has room for every chunk once, so
 * whoever applies a chunk never waits for a worker that is slow to receive.
 */
final class WorkerSession implements ServerPort.Session {
  private final int worker;
  private final long attempt;
  private final GradientForm form;
  private final ParameterShard shard;
  private final ShardEvents events;
  private final OnClose onClose;
  private final long current;

  private final int[] ready;
  private final long[] queued;
  private int head;
  private int count;
  private long wanted = -1;
  private View wantedView = View.PARAMETERS;

  /** Whether the view wanted is not the parameters, which lie ready. */
  private boolean computes;

  /** Of the thread that receives; null before the first view. */
  private @Nullable ViewBuffer computed;

  private @Nullable String closed;
  private boolean ended;

  /** What else ends with a session, such as a socket. */
  @FunctionalInterface
  interface OnClose {
    void closed(WorkerSession session, String why);
  }

  WorkerSession(
      int worker,
      long attempt,
      GradientForm form,
      ParameterShard shard,
      ShardEvents events,
      OnClose onClose) {
    this.worker = worker;
    this.attempt = attempt;
    this.form = form;
    this.shard = shard;
    this.events = events;
    this.onClose = onClose;
    this.current = shard.step();
    this.ready = new int[Math.max(1, shard.chunks().size())];
    this.queued = new long[ready.length];
    Arrays.fill(queued, -1);
  }

  int worker() {
    return worker;
  }

  long attempt() {
    return attempt;
  }

  @Override
  public long current() {
    return current;
  }

  @Override
  public GradientForm form() {
    return form;
  }

  /** The form in which a chunk comes over a socket: running statistics are never rounded. */
  GradientForm form(int chunk) throws LinkException {
    try {
      return shard.isStatistics(chunk) ? GradientForm.FLOAT32 : form;
    } catch (ShardException e) {
      throw refused(e);
    }
  }

  @Override
  public int scaleExponent(long version) {
    return shard.scaleExponent(version);
  }

  @Override
  public void pull(long version, View view) throws LinkException {
    boolean compute = shard.views().contains(view);
    if (!compute && view == View.AVERAGE) {
      throw LinkException.refused("worker " + worker + ": the run keeps no average");
    }
    if (compute && version > shard.step()) {
      throw LinkException.refused(
          "worker "
              + worker
              + ": version must be at most "
              + shard.step()
              + " to be viewed, got "
              + version);
    }
    synchronized (this) {
      throwIfClosed();
      if (count > 0) {
        throw LinkException.refused(
            "version " + version + " was pulled while " + wanted + " was still being sent");
      }
      wanted = version;
      wantedView = view;
      computes = compute;
      Arrays.fill(queued, -1);
      if (compute) {
        queueAll();
        return;
      }
    }
    offerAll(version);
  }

  /** All chunks are there; whether they still are is seen when they are received. */
  private void queueAll() {
    head = 0;
    count = shard.chunks().size();
    for (int c = 0; c < count; c++) {
      ready[c] = c;
    }
    notifyAll();
  }

  private void offerAll(long version) throws LinkException {
    try {
      for (int c = 0; c < shard.chunks().size(); c++) {
        if (shard.parameters(c, version) != null) {
          offer(c, version);
        }
      }
    } catch (ShardException e) {
      throw refused(e);
    }
  }

  /** A chunk has a new version: queued where it is the one pulled, and was not queued before. */
  synchronized void offer(int index, long version) {
    if (closed != null || computes || version != wanted || queued[index] == version) {
      return;
    }
    queued[index] = version;
    ready[(head + count) % ready.length] = index;
    count++;
    notifyAll();
  }

  @Override
  public void schedule(long step, List<Double> state) throws LinkException {
    synchronized (this) {
      throwIfClosed();
    }
    try {
      shard.schedule(step, state);
    } catch (ShardException e) {
      throw refused(e);
    }
  }

  @Override
  public void sums(long step, int node, boolean present, Scalars scalars) throws LinkException {
    synchronized (this) {
      throwIfClosed();
    }
    try {
      shard.sums(step, node, present, scalars, events);
    } catch (ShardException e) {
      throw refused(e);
    }
  }

  @Override
  public void gradient(long step, int node, int chunk, int scaleExponent, FloatBuffer gradient)
      throws LinkException {
    synchronized (this) {
      throwIfClosed();
    }
    try {
      shard.requireScale(step, chunk, scaleExponent);
      shard.gradient(step, node, chunk, gradient, events);
    } catch (ShardException e) {
      throw refused(e);
    }
  }

  private LinkException refused(ShardException e) {
    return LinkException.refused("worker " + worker + ": " + e.getMessage());
  }

  @Override
  public boolean receive(ServerPort.Receiver receiver) throws LinkException, InterruptedException {
    int index;
    long version;
    View view;
    boolean compute;
    synchronized (this) {
      while (closed == null && count == 0) {
        wait();
      }
      if (closed != null) {
        return false;
      }
      index = ready[head];
      head = (head + 1) % ready.length;
      count--;
      version = wanted;
      view = wantedView;
      compute = computes;
    }
    try {
      if (compute) {
        receive(receiver, index, version, view);
        return true;
      }
      ByteBuffer values = shard.parameters(index, version);
      if (values == null) {
        throw new IllegalStateException("chunk " + index + " is not of version " + version);
      }
      receiver.parameters(version, view, shard.firstChunk() + index, values);
    } catch (ShardException e) {
      throw refused(e);
    }
    return true;
  }

  private void receive(ServerPort.Receiver receiver, int index, long version, View view)
      throws LinkException, ShardException {
    if (computed == null) {
      computed = new ViewBuffer(shard);
    }
    ByteBuffer values = computed.fill(index, version, view);
    if (values != null) {
      receiver.parameters(version, view, shard.firstChunk() + index, values);
      return;
    }
    synchronized (this) {
      count = 0;
    }
    receiver.gone(version, view);
  }

  @Override
  public void close() {
    close("closed by the worker");
  }

  void close(String why) {
    String reason;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      stop(why);
      reason = closed == null ? why : closed;
    }
    onClose.closed(this, reason);
  }

  /** Nothing is taken or received any more; what the session stands on stays open. */
  synchronized void stop(String why) {
    if (closed == null) {
      closed = why;
    }
    notifyAll();
  }

  private void throwIfClosed() throws LinkException {
    if (closed != null) {
      throw LinkException.refused("the session of worker " + worker + " has ended: " + closed);
    }
  }
}
