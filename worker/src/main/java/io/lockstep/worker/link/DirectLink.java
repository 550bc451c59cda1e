package io.lockstep.worker.link;

import io.lockstep.common.frame.GradientCodec;
import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.optim.View;
import io.lockstep.common.tree.Partial;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server in the same process: the worker's thread adds its gradients to the server's
 * sums, and copies the server's parameters into its sink, without a socket between. Where gradients
 * are rounded on sockets they are rounded here too: a run in one process loses what it would lose
 * on a cluster with as many workers, and ends with the same bits.
 */
final class DirectLink implements ServerLink, ServerPort.Receiver {
  private final ServerAddress address;
  private final ServerPort.Session session;
  private final List<Chunk> shard;
  private final Predicate<Chunk> statistics;
  private final int firstChunk;
  private final ParameterSink sink;
  private final @Nullable Rounding rounding;
  private int received;
  private boolean gone;
  private int scaleExponent;

  /** Makes of a gradient what a server makes of its frame. */
  private static final class Rounding {
    private final GradientCodec codec;
    private final FloatBuffer rounded;

    Rounding(GradientForm form, int elements) {
      this.codec = new GradientCodec(form);
      this.rounded = FloatBuffer.wrap(new float[elements]);
    }

    FloatBuffer round(float[] gradient, int from, int length, int scaleExponent) {
      codec.roundTrip(gradient, from, length, scaleExponent, rounded.array());
      return rounded.clear().limit(length);
    }
  }

  DirectLink(
      ServerAddress address,
      ServerPort port,
      WorkerIdentity worker,
      List<Chunk> shard,
      Predicate<Chunk> statistics,
      ParameterSink sink)
      throws LinkException {
    this.address = address;
    this.shard = shard;
    this.statistics = statistics;
    this.firstChunk = shard.isEmpty() ? 0 : shard.get(0).index();
    this.sink = sink;
    this.session = port.open(worker);
    GradientForm form = session.form();
    int elements = shard.stream().mapToInt(Chunk::length).max().orElse(0);
    this.rounding = form.isLossy() ? new Rounding(form, elements) : null;
  }

  @Override
  public long current() {
    return session.current();
  }

  @Override
  public void pull(long version, View view) throws LinkException {
    received = 0;
    gone = false;
    session.pull(version, view);
  }

  @Override
  public void schedule(long step, List<Double> state) throws LinkException {
    session.schedule(step, state);
  }

  @Override
  public void push(long step, List<Partial> partials) throws LinkException {
    for (Partial partial : partials) {
      session.sums(step, partial.node(), partial.present(), partial.scalars());
    }
    int exponent = scaleExponent;
    pull(step + 1, View.PARAMETERS);
    for (Partial partial : partials) {
      if (partial.present()) {
        FloatBuffer gradient = FloatBuffer.wrap(partial.gradient());
        for (Chunk chunk : shard) {
          if (rounding == null || statistics.test(chunk)) {
            int from = (int) chunk.offset();
            gradient.clear().limit(from + chunk.length()).position(from);
            session.gradient(step, partial.node(), chunk.index(), 0, gradient);
          } else {
            session.gradient(
                step,
                partial.node(),
                chunk.index(),
                exponent,
                rounding.round(partial.gradient(), (int) chunk.offset(), chunk.length(), exponent));
          }
        }
      }
    }
  }

  @Override
  public void await(long version) throws LinkException, InterruptedException {
    while (received < shard.size() && !gone) {
      if (!session.receive(this)) {
        throw LinkException.broken(address + " closed the direct link", null);
      }
    }
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  @Override
  public void gone(long version, View view) {
    gone = true;
  }

  @Override
  public void parameters(long version, View view, int chunk, ByteBuffer values) {
    sink.parameters(shard.get(chunk - firstChunk).offset(), values);
    scaleExponent = session.scaleExponent(version);
    received++;
  }

  @Override
  public long sentBytes() {
    return 0;
  }

  @Override
  public long receivedBytes() {
    return 0;
  }

  @Override
  public void breakOff(LinkException cause) {
    session.close();
  }

  @Override
  public void close() {
    session.close();
  }
}
