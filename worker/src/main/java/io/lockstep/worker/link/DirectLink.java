package io.lockstep.worker.link;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.tree.Partial;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The way to a server in the same process: the worker's thread adds its gradients to the server's
 * sums, and copies the server's parameters into its sink, without a socket between.
 */
final class DirectLink implements ServerLink {
  private final ServerAddress address;
  private final ServerPort.Session session;
  private final List<Chunk> shard;
  private final int firstChunk;
  private final ParameterSink sink;
  private int received;

  DirectLink(
      ServerAddress address,
      ServerPort port,
      WorkerIdentity worker,
      List<Chunk> shard,
      ParameterSink sink)
      throws LinkException {
    this.address = address;
    this.shard = shard;
    this.firstChunk = shard.isEmpty() ? 0 : shard.get(0).index();
    this.sink = sink;
    this.session = port.open(worker);
  }

  @Override
  public long current() {
    return session.current();
  }

  @Override
  public void pull(long version) throws LinkException {
    received = 0;
    session.pull(version);
  }

  @Override
  public void push(long step, List<Partial> partials) throws LinkException {
    for (Partial partial : partials) {
      session.sums(step, partial.node(), partial.present(), partial.scalars());
    }
    pull(step + 1);
    for (Partial partial : partials) {
      if (partial.present()) {
        FloatBuffer gradient = FloatBuffer.wrap(partial.gradient());
        for (Chunk chunk : shard) {
          int from = (int) chunk.offset();
          gradient.limit(from + chunk.length()).position(from);
          session.gradient(step, partial.node(), chunk.index(), gradient);
          gradient.clear();
        }
      }
    }
  }

  @Override
  public void await(long version) throws LinkException, InterruptedException {
    while (received < shard.size()) {
      if (!session.receive(this::parameters)) {
        throw LinkException.broken(address + " closed the direct link", null);
      }
    }
  }

  private void parameters(long version, int chunk, ByteBuffer values) {
    sink.parameters(shard.get(chunk - firstChunk).offset(), values);
    received++;
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
