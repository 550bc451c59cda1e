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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's side: lets in who knows the secret and is of the same build, hands out assignments,
 * and notices when a process has gone. A thread a connection; at most 64 may be waiting to prove
 * themselves, one more closes the oldest of them.
 */
public final class Door implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);
  private static final int MOST_STRANGERS = 64;
  private static final Duration PROOF_PATIENCE = Duration.ofSeconds(10);

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

  /** Guarded by the door's lock, like those below. */
  private final Deque<Visitor> strangers = new ArrayDeque<>();

  private final Map<Integer, Visitor> visitors = new HashMap<>();
  private int lastProcess;
  private boolean closed;

  private Door(Endpoint endpoint, SharedSecret secret, String build, ServerSocket listening) {
    this.endpoint = endpoint;
    this.secret = secret;
    this.build = build;
    this.listening = listening;
  }

  /**
   * Takes its port; who comes waits.
   *
   * @param build the version that server processes must have too
   * @throws IOException where it cannot listen there
   */
  public static Door at(Endpoint endpoint, SharedSecret secret, String build) throws IOException {
    ServerSocket listening = new ServerSocket();
    try {
      listening.bind(new InetSocketAddress(endpoint.bindHost(), endpoint.port()));
    } catch (IOException e) {
      listening.close();
      throw e;
    }
    Endpoint bound = endpoint.withPort(listening.getLocalPort());
    return new Door(bound, secret, build, listening);
  }

  /**
   * Lets them in from now on.
   *
   * @param assignment what they are told; of no process yet
   */
  public void open(Assignment assignment, Watch watch) {
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
        socket.setSoTimeout((int) PROOF_PATIENCE.toMillis());
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        if (greet(in, out)) {
          return;
        }
      } catch (IOException e) {
        LOG.info("{} came to the door {} and left: {}", host, endpoint, e.toString());
      }
      synchronized (Door.this) {
        strangers.remove(this);
      }
      end();
    }

    /** Returns whether somebody was let in, and has gone. */
    private boolean greet(DataInputStream in, DataOutputStream out) throws IOException {
      Greeting theirs = Greeting.read(in);
      String theirBuild = Greeting.readText(in, Greeting.SHORT_TEXT);
      Greeting ours = Greeting.next();
      ours.write(out);
      out.flush();
      if (theirs.format() != Greeting.FORMAT) {
        refuse(out, otherBuild(theirBuild));
        return false;
      }
      byte[] proof = Greeting.readBytes(in, Greeting.PROOF_BYTES);
      byte[] said = theirBuild.getBytes(StandardCharsets.UTF_8);
      if (!secret.proves(proof, "process", theirs.nonce(), ours.nonce(), said)) {
        refuse(
            out,
            "it must know the driver's secret, and knows another: give both the same in "
                + SharedSecret.VARIABLE
                + ", or the same file as --secret-file here and cluster.secretFile there");
        return false;
      }
      if (!theirBuild.equals(build)) {
        refuse(out, otherBuild(theirBuild));
        return false;
      }
      Integer process = admit();
      if (process == null) {
        return false; // the run is over; the next one's door may let it in
      }
      byte[] told = assignmentOf(process);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      answer.write(Greeting.Word.WELCOME.code);
      answer.write(told);
      answer.write(secret.proof("driver", theirs.nonce(), ours.nonce(), told));
      synchronized (this) {
        out.write(answer.toByteArray());
        out.flush();
      }
      stay(process, in);
      return true;
    }

    private String otherBuild(String theirBuild) {
      return "driver and server process must be of one build of Lockstep: the driver is "
          + build
          + ", the process is "
          + theirBuild;
    }

    private void refuse(DataOutputStream out, String reason) throws IOException {
      household.watch().turnedAway("a server process from " + host + " was turned away: " + reason);
      Greeting.say(out, Greeting.Word.REFUSED, reason);
      socket.shutdownOutput();
      in(socket).skipNBytes(1); // the other side closes, having read the reason
    }

    private static DataInputStream in(Socket socket) throws IOException {
      return new DataInputStream(socket.getInputStream());
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

    private byte[] assignmentOf(int process) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      household.assignment().forProcess(process).write(new DataOutputStream(bytes));
      return bytes.toByteArray();
    }

    /** Until the process says that it leaves, or its connection ends. */
    private void stay(int process, DataInputStream in) {
      String how = "its process ended";
      try {
        socket.setSoTimeout(0);
        if (Greeting.word(in.readUnsignedByte()) == Greeting.Word.LEAVING) {
          how = Greeting.readText(in, Greeting.SHORT_TEXT);
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
