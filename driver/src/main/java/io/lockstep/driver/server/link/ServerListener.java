package io.lockstep.driver.server.link;

import io.lockstep.common.frame.Frame;
import io.lockstep.worker.link.HostIdentity;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.LocalPorts;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.SocketTuning;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on TCP and on a Unix-domain socket, and gives every connection a thread that reads and
 * one that writes. At most 64 connections may be waiting to introduce themselves; one more closes
 * the oldest of them.
 */
final class ServerListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerListener.class);
  private static final int MAXIMUM_STRANGERS = 64;
  private static final long JOIN_MILLIS = 10_000;

  /** Decides who is let in. */
  interface Admission {
    WorkerSession admit(
        byte[] tokenDigest, int server, int worker, long attempt, WorkerSession.OnClose onClose)
        throws LinkException;

    /** So many bytes came over a socket. */
    void received(long bytes);

    /** So many bytes went over a socket. */
    void sent(long bytes);
  }

  private final ServerSettings settings;
  private final int maximumPayload;
  private final Admission admission;
  private final SocketFolder folder;
  private final ServerSocketChannel unix;
  private final ServerSocketChannel tcp;
  private final ServerAddress address;
  private final List<Thread> acceptors;

  /** Open connections, and among them those not introduced; guarded by the listener's lock. */
  private final Set<SocketConnection> connections = new HashSet<>();

  private final ArrayDeque<SocketConnection> strangers = new ArrayDeque<>();
  private boolean closed;

  private ServerListener(
      ServerSettings settings,
      int longestChunk,
      Admission admission,
      SocketFolder folder,
      ServerSocketChannel unix,
      ServerSocketChannel tcp)
      throws IOException {
    this.settings = settings;
    this.maximumPayload = Frame.maximumPayload(longestChunk);
    this.admission = admission;
    this.folder = folder;
    this.unix = unix;
    this.tcp = tcp;
    this.address =
        new ServerAddress(
            settings.server(),
            settings.endpoint().host(),
            ((InetSocketAddress) tcp.getLocalAddress()).getPort(),
            folder.file().toString(),
            HostIdentity.ofThisHost(),
            LocalPorts.processToken());
    this.acceptors = List.of(acceptor(unix, "unix"), acceptor(tcp, "tcp"));
  }

  private Thread acceptor(ServerSocketChannel channel, String way) {
    return ParameterServer.daemon(
        () -> accept(channel), "lockstep-server-" + settings.server() + "-accepts-" + way);
  }

  static ServerListener open(ServerSettings settings, int longestChunk, Admission admission)
      throws IOException {
    String name = fileName(settings);
    SocketFolder folder = SocketFolder.open(settings.socketFolder(), name);
    ServerSocketChannel unix = null;
    ServerSocketChannel tcp = null;
    try {
      unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      unix.bind(UnixDomainSocketAddress.of(folder.file()));
      tcp = ServerSocketChannel.open();
      tcp.bind(new InetSocketAddress(settings.endpoint().bindHost(), settings.endpoint().port()));
      return new ServerListener(settings, longestChunk, admission, folder, unix, tcp);
    } catch (IOException | RuntimeException e) {
      SocketConnection.closeQuietly(unix);
      SocketConnection.closeQuietly(tcp);
      folder.delete();
      throw new IOException(settings + " cannot listen: " + e.getMessage(), e);
    }
  }

  /**
   * With the run's token in it: a run that is resumed has the folder of the one that was killed.
   */
  private static String fileName(ServerSettings settings) {
    byte[] token = Arrays.copyOf(Frame.tokenDigest(settings.runToken()), 4);
    return String.join(
        "-",
        "server",
        String.valueOf(settings.server()),
        String.valueOf(settings.incarnation()),
        HexFormat.of().formatHex(token));
  }

  void start() {
    acceptors.forEach(Thread::start);
  }

  ServerAddress address() {
    return address;
  }

  private void accept(ServerSocketChannel listening) {
    while (listening.isOpen()) {
      try {
        SocketChannel channel = listening.accept();
        SocketTuning.tune(channel);
        welcome(
            new SocketConnection(
                channel, settings, maximumPayload, admission, this::introduced, this::ended));
      } catch (IOException e) {
        if (listening.isOpen()) {
          LOG.warn("{}: a connection could not be accepted", settings, e);
        }
      }
    }
  }

  private void welcome(SocketConnection connection) {
    SocketConnection oldest = null;
    synchronized (this) {
      if (closed) {
        connection.close();
        return;
      }
      connections.add(connection);
      strangers.add(connection);
      if (strangers.size() > MAXIMUM_STRANGERS) {
        oldest = strangers.remove();
      }
      connection.start();
    }
    if (oldest != null) {
      oldest.close();
    }
  }

  private synchronized void introduced(SocketConnection connection) {
    strangers.remove(connection);
  }

  private synchronized void ended(SocketConnection connection) {
    strangers.remove(connection);
    connections.remove(connection);
  }

  @Override
  public void close() {
    List<SocketConnection> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(connections);
    }
    SocketConnection.closeQuietly(unix);
    SocketConnection.closeQuietly(tcp);
    open.forEach(SocketConnection::close);
    open.forEach(connection -> connection.join(JOIN_MILLIS));
    acceptors.forEach(thread -> SocketConnection.join(thread, JOIN_MILLIS));
    try {
      folder.delete();
    } catch (IOException e) {
      LOG.warn("{}: the socket's file could not be removed", settings, e);
    }
  }
}
