package io.lockstep.worker.link;

import io.lockstep.common.frame.Frame;
import io.lockstep.common.frame.FrameException;
import io.lockstep.common.frame.FrameKind;
import io.lockstep.common.frame.FrameReader;
import io.lockstep.common.frame.FrameWriter;
import io.lockstep.common.frame.GradientCodec;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.optim.View;
import io.lockstep.common.tree.Partial;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The way to a server over a socket: one thread writes frames, one reads them. The reading thread
 * never waits for the writing one, so that both ends may send at once without a deadlock.
 */
final class SocketLink implements ServerLink {
  /** How long a server may take to accept a connection, and then to answer. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** What the writing thread does next. */
  private sealed interface Order {
    record Pull(long version, View view) implements Order {}

    record Schedule(long step, List<Double> state) implements Order {}

    record Push(long step, int scaleExponent, List<Partial> partials) implements Order {}
  }

  private final ServerAddress address;
  private final List<Chunk> shard;
  private final Predicate<Chunk> statistics;
  private final int firstChunk;
  private final ParameterSink sink;
  private final Consumer<LinkException> onFailure;
  private final SocketChannel channel;
  private final FrameReader reader;
  private final FrameWriter writer;
  private final Thread readerThread;
  private final Thread writerThread;
  private final long current;

  /** Rounds gradients; null where they go as they are. */
  private final @Nullable GradientCodec codec;

  private final ArrayDeque<Order> orders = new ArrayDeque<>();
  private boolean writing;
  private long wanted = -1;
  private View wantedView = View.PARAMETERS;
  private boolean gone;
  private int received;

  /** As far as a whole order has left, and a chunk has come. */
  private long sentBytes;

  private long receivedBytes;

  /** What gradients of the step from the version received are multiplied by, as a power of two. */
  private int scaleExponent;

  private boolean closed;
  private @Nullable LinkException failure;

  private SocketLink(
      ServerAddress address,
      WorkerIdentity worker,
      List<Chunk> shard,
      Predicate<Chunk> statistics,
      int longestChunk,
      ParameterSink sink,
      Consumer<LinkException> onFailure,
      Duration patience,
      SocketChannel channel)
      throws IOException {
    this.address = address;
    this.shard = shard;
    this.statistics = statistics;
    this.firstChunk = shard.isEmpty() ? 0 : shard.get(0).index();
    this.sink = sink;
    this.onFailure = onFailure;
    this.channel = channel;
    int maximumPayload = Frame.maximumPayload(longestChunk);
    this.reader = new FrameReader(channel, worker.incarnation(), maximumPayload);
    this.writer = new FrameWriter(channel, worker.incarnation(), maximumPayload);
    hello(worker, patience);
    this.current = reader.step();
    this.codec = reader.form().isLossy() ? new GradientCodec(reader.form()) : null;
    this.readerThread = thread("reads", worker, this::read);
    this.writerThread = thread("writes", worker, this::write);
  }

  /**
   * Connects and introduces the worker.
   *
   * @param statistics which chunks are running statistics and never rounded
   * @param onFailure called once where the link breaks later, by one of its threads
   * @param patience how long the server's answer is waited for
   */
  static SocketLink connect(
      ServerAddress address,
      WorkerIdentity worker,
      List<Chunk> shard,
      Predicate<Chunk> statistics,
      int longestChunk,
      ParameterSink sink,
      Consumer<LinkException> onFailure,
      Duration patience)
      throws LinkException {
    SocketChannel channel = null;
    try {
      channel = open(address);
      SocketLink link =
          new SocketLink(
              address, worker, shard, statistics, longestChunk, sink, onFailure, patience, channel);
      link.readerThread.start();
      link.writerThread.start();
      return link;
    } catch (IOException e) {
      closeQuietly(channel);
      throw e instanceof LinkException known
          ? known
          : LinkException.broken("cannot connect to " + address + ": " + e.getMessage(), e);
    }
  }

  private static SocketChannel open(ServerAddress address) throws IOException {
    boolean unix = address.way() == ServerAddress.Way.UNIX;
    SocketChannel channel =
        unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    try {
      if (unix) {
        channel.connect(UnixDomainSocketAddress.of(address.unixPath()));
      } else {
        connectTcp(channel, new InetSocketAddress(address.host(), address.port()));
      }
      SocketTuning.tune(channel);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void connectTcp(SocketChannel channel, InetSocketAddress target)
      throws IOException {
    if (target.isUnresolved()) {
      throw new UnknownHostException(target.getHostString());
    }
    channel.socket().connect(target, (int) PATIENCE.toMillis());
  }

  /** Returns when the server's WELCOME is read. */
  private void hello(WorkerIdentity worker, Duration patience) throws IOException {
    writer.hello(
        worker.attempt(), worker.worker(), address.server(), Frame.tokenDigest(worker.runToken()));
    writer.flush();
    AnswerDeadline deadline =
        AnswerDeadline.start(channel, patience, threadName("waits-for", worker));
    try (deadline) {
      readWelcome(worker);
    } catch (IOException e) {
      if (deadline.missed()) {
        throw LinkException.broken(
            address
                + " accepted the connection and did not answer within "
                + patience.toMillis()
                + " ms",
            e);
      }
      throw e;
    }
  }

  private void readWelcome(WorkerIdentity worker) throws IOException {
    if (!reader.next()) {
      throw LinkException.broken(address + " closed the connection at once", null);
    }
    if (reader.kind() == FrameKind.REFUSED) {
      throw LinkException.refused(address + " refused " + worker + ": " + reader.text());
    }
    if (reader.kind() != FrameKind.WELCOME) {
      throw new FrameException("a server must begin with WELCOME, got " + reader.kind());
    }
  }

  private Thread thread(String verb, WorkerIdentity worker, Runnable body) {
    Thread thread = new Thread(body, threadName(verb, worker));
    thread.setDaemon(true);
    return thread;
  }

  private String threadName(String verb, WorkerIdentity worker) {
    return "lockstep-worker-" + worker.worker() + "-" + verb + "-server-" + address.server();
  }

  @Override
  public long current() {
    return current;
  }

  @Override
  public void pull(long version, View view) throws LinkException {
    order(version, view, new Order.Pull(version, view));
  }

  @Override
  public synchronized void schedule(long step, List<Double> state) throws LinkException {
    throwIfFailed();
    orders.add(new Order.Schedule(step, state));
    notifyAll();
  }

  @Override
  public void push(long step, List<Partial> partials) throws LinkException {
    order(step + 1, View.PARAMETERS, new Order.Push(step, scaleExponent(), partials));
  }

  private synchronized int scaleExponent() {
    return scaleExponent;
  }

  private synchronized void order(long version, View view, Order order) throws LinkException {
    throwIfFailed();
    wanted = version;
    wantedView = view;
    received = 0;
    gone = false;
    orders.add(order);
    notifyAll();
  }

  @Override
  public synchronized void await(long version) throws LinkException, InterruptedException {
    while (failure == null
        && ((received < shard.size() && !gone)
            || wanted != version
            || writing
            || !orders.isEmpty())) {
      wait();
    }
    throwIfFailed();
  }

  @Override
  public synchronized boolean isGone() {
    return gone;
  }

  @Override
  public synchronized long sentBytes() {
    return sentBytes;
  }

  @Override
  public synchronized long receivedBytes() {
    return receivedBytes;
  }

  private void throwIfFailed() throws LinkException {
    if (failure != null) {
      throw failure;
    }
  }

  private void write() {
    try {
      for (Order order = nextOrder(); order != null; order = nextOrder()) {
        if (order instanceof Order.Push push) {
          write(push);
        } else if (order instanceof Order.Schedule schedule) {
          writer.schedule(schedule.step(), schedule.state());
        } else if (order instanceof Order.Pull pull) {
          writer.pull(pull.version(), pull.view().code());
        }
        writer.flush();
        written();
      }
    } catch (IOException e) {
      fail(LinkException.broken("cannot send to " + address + ": " + e.getMessage(), e));
    } catch (InterruptedException e) {
      fail(LinkException.broken("sending to " + address + " was interrupted", e));
    }
  }

  private synchronized @Nullable Order nextOrder() throws InterruptedException {
    while (!closed && orders.isEmpty()) {
      wait();
    }
    writing = !closed;
    return closed ? null : orders.remove();
  }

  private synchronized void written() {
    writing = false;
    sentBytes = writer.bytes();
    notifyAll();
  }

  private void write(Order.Push push) throws IOException {
    for (Partial p : push.partials()) {
      writer.sums(push.step(), p.node(), p.present(), p.scalars());
    }
    writer.pull(push.step() + 1);
    for (Chunk chunk : shard) {
      for (Partial partial : push.partials()) {
        if (partial.present()) {
          write(push, partial, chunk);
        }
      }
    }
  }

  private void write(Order.Push push, Partial partial, Chunk chunk) throws IOException {
    float[] gradient = partial.gradient();
    int from = (int) chunk.offset();
    if (codec == null || statistics.test(chunk)) {
      writer.gradient(push.step(), partial.node(), chunk.index(), gradient, from, chunk.length());
    } else {
      writer.gradient(
          push.step(),
          partial.node(),
          chunk.index(),
          codec,
          push.scaleExponent(),
          gradient,
          from,
          chunk.length());
    }
  }

  private void read() {
    try {
      while (reader.next()) {
        if (reader.kind() == FrameKind.REFUSED) {
          fail(LinkException.refused(address + " ended the link: " + reader.text()));
          return;
        }
        switch (reader.kind()) {
          case PARAMETERS -> parameters();
          case GONE -> gone();
          default ->
              throw new FrameException("a server must send PARAMETERS, got " + reader.kind());
        }
      }
      fail(LinkException.broken(address + " closed the connection", null));
    } catch (IOException e) {
      fail(LinkException.broken("cannot receive from " + address + ": " + e.getMessage(), e));
    }
  }

  private void parameters() throws FrameException {
    int index = reader.chunk() - firstChunk;
    if (index < 0 || index >= shard.size()) {
      throw new FrameException(
          "chunk must be in "
              + firstChunk
              + ".."
              + (firstChunk + shard.size() - 1)
              + ", got "
              + reader.chunk());
    }
    Chunk chunk = shard.get(index);
    reader.expectLength(chunk.length() * Float.BYTES);
    expectWanted();
    sink.parameters(chunk.offset(), reader.payload());
    synchronized (this) {
      scaleExponent = reader.scaleExponent();
      received++;
      receivedBytes = reader.bytes();
      notifyAll();
    }
  }

  private synchronized void gone() throws FrameException {
    expectWanted();
    gone = true;
    notifyAll();
  }

  private synchronized void expectWanted() throws FrameException {
    if (reader.step() != wanted) {
      throw new FrameException("version must be " + wanted + ", got " + reader.step());
    }
    if (reader.node() != wantedView.code()) {
      throw new FrameException("view must be " + wantedView.code() + ", got " + reader.node());
    }
  }

  private void fail(LinkException cause) {
    synchronized (this) {
      if (closed || failure != null) {
        return;
      }
      failure = cause;
      notifyAll();
    }
    closeQuietly(channel);
    onFailure.accept(cause);
  }

  @Override
  public void breakOff(LinkException cause) {
    fail(cause);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (failure == null) {
        failure = LinkException.broken("the link to " + address + " was closed", null);
      }
      closed = true;
      notifyAll();
    }
    closeQuietly(channel);
    join(readerThread);
    join(writerThread);
  }

  private static void join(Thread thread) {
    if (thread == Thread.currentThread()) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(@Nullable SocketChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // Nothing can be done with a socket that does not even close.
      }
    }
  }
}
