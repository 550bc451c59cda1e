package io.lockstep.driver.server.door;

import io.lockstep.worker.link.Endpoint;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's side: lets in who knows the secret and is of the same build, hands out assignments,
 * and notices when a process has gone. A thread a connection. Strangers cost little: at most 64 may
 * be waiting to prove themselves, one more closes the oldest of them; each has ten seconds and may
 * say little more than a thousand bytes; and the user hears of 16 reasons to turn somebody away,
 * each of them once.
 */
public final class Door implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);
  private static final int MOST_STRANGERS = 64;
  private static final int MOST_REASONS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Is told what happens at the door, from its threads. */
  public interface Watch {
    /** A process that was let in has gone, by itself or because it died. */
    void left(int process, String how);

    /** Somebody was not let in, for a reason that the user should know. */
    void turnedAway(String reason);
  }

  /** What everybody that comes is told, and who watches them. */
  private record Household(Assignment assignment, Watch watch) {}

  private final Endpoint endpoint;
  private final SharedSecret secret;
  private final String build;
  private final ServerSocket listening;
  private final Duration patience;

  /** Guarded by the door's lock, like those below. */
  private final Deque<Visitor> strangers = new ArrayDeque<>();

  private final Map<Integer, Visitor> visitors = new HashMap<>();
  private final Set<String> reasons = new HashSet<>();
  private int lastProcess;
  private boolean closed;

  private Door(
      Endpoint endpoint,
      SharedSecret secret,
      String build,
      ServerSocket listening,
      Duration patience) {
    this.endpoint = endpoint;
    this.secret = secret;
    this.build = build;
    this.listening = listening;
    this.patience = patience;
  }

  /**
   * Takes its port; who comes waits.
   *
   * @param build the version that server processes must have too
   * @throws IOException where it cannot listen there
   */
  public static Door at(Endpoint endpoint, SharedSecret secret, String build) throws IOException {
    return at(endpoint, secret, build, PATIENCE);
  }

  /**
   * As the other form.
   *
   * @param patience with each stranger
   */
  static Door at(Endpoint endpoint, SharedSecret secret, String build, Duration patience)
      throws IOException {
    ServerSocket listening = new ServerSocket();
    try {
      listening.bind(new InetSocketAddress(endpoint.bindHost(), endpoint.port()));
    } catch (IOException e) {
      listening.close();
      throw e;
    }
    Endpoint bound = endpoint.withPort(listening.getLocalPort());
    return new Door(bound, secret, build, listening, patience);
  }

  /**
   * Lets them in from now on.
   *
   * @param assignment what they are told; of no process yet
   * @throws io.lockstep.common.config.ConfigurationException where it is too long to be told
   */
  public void open(Assignment assignment, Watch watch) {
    byte[] unused = assignment.encode();
    Household household = new Household(assignment, watch);
    daemon(() -> accept(household), "lockstep-door").start();
  }

  private static Thread daemon(Runnable body, String name) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Where processes find it: {@code HOST:PORT}. */
  public String address() {
    return endpoint.host() + ":" + endpoint.port();
  }

  private void accept(Household household) {
    while (!listening.isClosed()) {
      try {
        welcome(new Visitor(listening.accept(), household));
      } catch (IOException e) {
        if (!listening.isClosed()) {
          LOG.warn("a connection at the door {} could not be accepted", endpoint, e);
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    }
  }

  private void welcome(Visitor visitor) {
    Visitor oldest = null;
    synchronized (this) {
      if (closed) {
        visitor.end();
        return;
      }
      strangers.add(visitor);
      if (strangers.size() > MOST_STRANGERS) {
        oldest = strangers.remove();
      }
    }
    if (oldest != null) {
      oldest.end();
    }
    daemon(visitor::serve, "lockstep-door-" + visitor.host).start();
  }

  /** Sends a process away; nothing happens where it has gone. */
  public void dismiss(int process, String reason) {
    Visitor visitor;
    synchronized (this) {
      visitor = visitors.remove(process);
    }
    if (visitor != null) {
      visitor.farewell(Greeting.Word.DISMISSED, reason);
    }
  }

  /** Tells all processes that the run is done, and closes. */
  public void done() {
    end(Greeting.Word.DONE, "");
  }

  /** Tells all processes that the run has failed, and closes. */
  public void failed(String reason) {
    end(Greeting.Word.FAILED, reason);
  }

  private void end(Greeting.Word word, String reason) {
    List<Visitor> all;
    List<Visitor> waiting;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      all = List.copyOf(visitors.values());
      waiting = List.copyOf(strangers);
      visitors.clear();
      strangers.clear();
    }
    try {
      listening.close();
    } catch (IOException e) {
      LOG.warn("the door {} could not be closed", endpoint, e);
    }
    all.forEach(visitor -> visitor.farewell(word, reason));
    waiting.forEach(Visitor::end);
  }

  /** Closes it; processes that are told nothing before take the run for failed. */
  @Override
  public void close() {
    failed("its driver ended");
  }

  /** One connection. */
  private final class Visitor {
    private final Socket socket;
    private final String host;
    private final Household household;

    Visitor(Socket socket, Household household) {
      this.socket = socket;
      this.household = household;
      this.host = socket.getInetAddress().getHostAddress();
    }

    void serve() {
      try {
        Greeting.tune(socket);
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        Integer process = meet(in);
        if (process != null) {
          stay(process, in);
          return;
        }
      } catch (IOException e) {
        LOG.info("{} came to the door {} and left: {}", host, endpoint, e.toString());
      }
      synchronized (Door.this) {
        strangers.remove(this);
        visitors.values().remove(this);
      }
      end();
    }

    /** Returns the number of a process that was let in, and has its assignment. */
    private @Nullable Integer meet(DataInputStream in) throws IOException {
      try (Deadline deadline = Deadline.of(socket, patience)) {
        try {
          return greet(in, new DataOutputStream(socket.getOutputStream()));
        } catch (IOException e) {
          throw deadline.passed() ? new SocketTimeoutException("it took too long") : e;
        }
      }
    }

    private @Nullable Integer greet(DataInputStream in, DataOutputStream out) throws IOException {
      Greeting theirs = Greeting.read(in);
      String theirBuild = Greeting.readText(in, Greeting.NAME_BYTES);
      Greeting ours = Greeting.next();
      ours.write(out);
      out.flush();
      if (theirs.format() != Greeting.FORMAT) {
        refuse(in, out, otherBuild(theirBuild));
        return null;
      }
      byte[] proof = Greeting.readBytes(in, Greeting.PROOF_BYTES);
      byte[] said = theirBuild.getBytes(StandardCharsets.UTF_8);
      if (!secret.proves(proof, "process", theirs.nonce(), ours.nonce(), said)) {
        refuse(
            in,
            out,
            "it must know the driver's secret, and knows another: give both the same in "
                + SharedSecret.VARIABLE
                + ", or the same file as --secret-file here and cluster.secretFile there");
        return null;
      }
      if (!theirBuild.equals(build)) {
        refuse(in, out, otherBuild(theirBuild));
        return null;
      }
      Integer process = admit();
      if (process == null) {
        return null; // the run is over; the next one's door may let it in
      }
      byte[] told = household.assignment().forProcess(process).encode();
      byte[] seal = Seal.of(told);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      answer.write(Greeting.Word.WELCOME.code);
      answer.write(seal);
      answer.write(secret.proof("driver", theirs.nonce(), ours.nonce(), seal));
      answer.write(told);
      synchronized (this) {
        out.write(answer.toByteArray());
        out.flush();
      }
      return process;
    }

    private String otherBuild(String theirBuild) {
      return "driver and server process must be of one build of Lockstep: the driver is "
          + build
          + ", the process is "
          + theirBuild;
    }

    private void refuse(DataInputStream in, DataOutputStream out, String reason)
        throws IOException {
      String line =
          Greeting.oneLine("a server process from " + host + " was turned away: " + reason);
      LOG.info("{}", line);
      if (isNews(line)) {
        household.watch().turnedAway(line);
      }
      Greeting.say(out, Greeting.Word.REFUSED, reason);
      socket.shutdownOutput();
      in.skipNBytes(1); // the other side closes, having read the reason
    }

    /** Whether the user is to hear it. */
    private boolean isNews(String reason) {
      synchronized (Door.this) {
        return reasons.size() < MOST_REASONS && reasons.add(reason);
      }
    }

    private @Nullable Integer admit() {
      synchronized (Door.this) {
        strangers.remove(this);
        if (closed) {
          return null;
        }
        lastProcess++;
        visitors.put(lastProcess, this);
        return lastProcess;
      }
    }

    /** Until the process says that it leaves, or its connection ends. */
    private void stay(int process, DataInputStream in) {
      String how = "its process ended";
      try {
        if (Greeting.word(in.readUnsignedByte()) == Greeting.Word.LEAVING) {
          how = Greeting.readLine(in, Greeting.REASON_BYTES);
        }
      } catch (IOException e) {
        LOG.info("the connection of server process {} ended: {}", process, e.toString());
      }
      boolean here;
      synchronized (Door.this) {
        here = visitors.remove(process, this);
      }
      end();
      if (here) {
        household.watch().left(process, how);
      }
    }

    synchronized void farewell(Greeting.Word word, String reason) {
      try {
        Greeting.say(new DataOutputStream(socket.getOutputStream()), word, reason);
      } catch (IOException e) {
        LOG.info("{} could not be told that the run is over: {}", host, e.toString());
      }
      end();
    }

    void end() {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.info("the connection to {} could not be closed: {}", host, e.toString());
      }
    }
  }
}
