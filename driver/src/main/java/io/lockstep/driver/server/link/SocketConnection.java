package io.lockstep.driver.server.link;

import io.lockstep.common.frame.Frame;
import io.lockstep.common.frame.FrameException;
import io.lockstep.common.frame.FrameKind;
import io.lockstep.common.frame.FrameReader;
import io.lockstep.common.frame.FrameWriter;
import io.lockstep.common.optim.View;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.ServerPort;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's connection over a socket, at the server: decodes frames into the session's calls, and
 * the session's chunks into frames. The reading thread adds and applies; it never writes once the
 * worker is let in, so it never waits for a worker that does not receive.
 */
final class SocketConnection {
  private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);
  private static final long REFUSAL_MILLIS = 1_000;

  private final SocketChannel channel;
  private final ServerSettings settings;
  private final ServerListener.Admission admission;
  private final Consumer<SocketConnection> introduced;
  private final Consumer<SocketConnection> ended;
  private final FrameReader reader;
  private final FrameWriter writer;
  private final Thread readerThread;

  SocketConnection(
      SocketChannel channel,
      ServerSettings settings,
      int maximumPayload,
      ServerListener.Admission admission,
      Consumer<SocketConnection> introduced,
      Consumer<SocketConnection> ended) {
    this.channel = channel;
    this.settings = settings;
    this.admission = admission;
    this.introduced = introduced;
    this.ended = ended;
    this.reader = new FrameReader(channel, settings.incarnation(), maximumPayload);
    this.writer = new FrameWriter(channel, settings.incarnation(), maximumPayload);
    this.readerThread =
        ParameterServer.daemon(this::run, "lockstep-server-" + settings.server() + "-reads");
  }

  void start() {
    readerThread.start();
  }

  private void run() {
    try {
      WorkerSession session = letIn();
      if (session != null) {
        serve(session);
      }
    } catch (IOException e) {
      LOG.debug("{}: a connection ended before it was let in", settings, e);
    } finally {
      close();
      ended.accept(this);
    }
  }

  private @Nullable WorkerSession letIn() throws IOException {
    WorkerSession session;
    try {
      if (!reader.next()) {
        return null;
      }
      if (reader.kind() != FrameKind.HELLO) {
        throw new FrameException("a worker must begin with HELLO, got " + reader.kind());
      }
      reader.expectLength(Frame.TOKEN_BYTES);
      byte[] digest = new byte[Frame.TOKEN_BYTES];
      reader.payload().get(digest);
      session =
          admission.admit(
              digest, reader.chunk(), reader.node(), reader.step(), (ended, why) -> close());
    } catch (FrameException | LinkException e) {
      LOG.warn("{} refused a connection: {}", settings, e.getMessage());
      writer.refused(String.valueOf(e.getMessage()));
      writer.flush();
      return null;
    }
    introduced.accept(this);
    writer.welcome(session.current(), session.form());
    writer.flush();
    return session;
  }

  private void serve(WorkerSession session) {
    readerThread.setName(
        "lockstep-server-" + settings.server() + "-reads-worker-" + session.worker());
    Thread sending =
        ParameterServer.daemon(
            () -> send(session),
            "lockstep-server-" + settings.server() + "-writes-worker-" + session.worker());
    sending.start();
    try {
      while (reader.next()) {
        admission.received((long) Frame.HEADER_BYTES + reader.length());
        dispatch(session);
      }
      session.stop("the worker closed its connection");
    } catch (FrameException | LinkException e) {
      sayNo(session, sending, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      session.stop(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("{}: worker {} could not be served", settings, session.worker(), e);
      sayNo(session, sending, String.valueOf(e));
    } finally {
      session.close("");
      join(sending, 0);
    }
  }

  /** The reason goes out where the writing thread ends its frame soon; the end comes anyway. */
  private void sayNo(WorkerSession session, Thread sending, String why) {
    session.stop(why);
    join(sending, REFUSAL_MILLIS);
    if (sending.isAlive()) {
      return;
    }
    try {
      writer.refused(why);
      writer.flush();
    } catch (IOException e) {
      LOG.debug("{}: worker {} is gone", settings, session.worker(), e);
    }
  }

  private void dispatch(WorkerSession session) throws IOException {
    switch (reader.kind()) {
      case GRADIENT -> {
        reader.expectForm(session.form(reader.chunk()));
        session.gradient(
            reader.step(), reader.node(), reader.chunk(), reader.scaleExponent(), reader.floats());
      }
      case SUMS -> session.sums(reader.step(), reader.node(), reader.isPresent(), reader.scalars());
      case SCHEDULE -> session.schedule(reader.step(), reader.schedule());
      case PULL -> session.pull(reader.step(), view());
      default -> throw new FrameException("a worker must not send " + reader.kind());
    }
  }

  private void send(WorkerSession session) {
    Sender sender = new Sender(session);
    try {
      boolean more = true;
      while (more) {
        more = session.receive(sender);
      }
    } catch (LinkException e) {
      session.close(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      session.close("sending was interrupted");
    } catch (RuntimeException e) {
      LOG.error("{}: worker {} could not be sent to", settings, session.worker(), e);
      session.close(String.valueOf(e));
    }
  }

  /** Makes frames of what a session has for its worker. */
  private final class Sender implements ServerPort.Receiver {
    private final WorkerSession session;

    Sender(WorkerSession session) {
      this.session = session;
    }

    @Override
    public void parameters(long version, View view, int chunk, ByteBuffer values)
        throws LinkException {
      try {
        int exponent = session.scaleExponent(version);
        long bytes = (long) Frame.HEADER_BYTES + values.remaining();
        writer.parameters(version, view.code(), chunk, exponent, values);
        admission.sent(bytes);
      } catch (IOException e) {
        throw broken(e);
      }
    }

    @Override
    public void gone(long version, View view) throws LinkException {
      try {
        writer.gone(version, view.code());
        writer.flush();
      } catch (IOException e) {
        throw broken(e);
      }
    }

    private LinkException broken(IOException e) {
      return LinkException.broken("cannot send: " + e.getMessage(), e);
    }
  }

  private View view() throws FrameException {
    try {
      return View.of(reader.node());
    } catch (IllegalArgumentException e) {
      throw new FrameException("PULL frame: " + e.getMessage());
    }
  }

  /** From any thread; both of the connection's end. */
  void close() {
    closeQuietly(channel);
  }

  void join(long millis) {
    join(readerThread, millis);
  }

  /** Waits for a thread's end, at most so long; 0 waits for ever. */
  static void join(Thread thread, long millis) {
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void closeQuietly(@Nullable Closeable closeable) {
    if (closeable != null) {
      try {
        closeable.close();
      } catch (IOException e) {
        LOG.debug("a socket did not close", e);
      }
    }
  }
}
