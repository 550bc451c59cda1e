package io.lockstep.driver.server.door;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server process's side of the door: an assignment, and the news of the run's end. */
public final class Visit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Visit.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How a visit ended. */
  public enum Kind {
    /** The run is done. */
    DONE,
    /** The run has failed. */
    FAILED,
    /** The driver does without this process. */
    DISMISSED,
    /** The driver is gone without a word. */
    LOST
  }

  /**
   * How a visit ended.
   *
   * @param reason empty where the run is done
   */
  public record End(Kind kind, String reason) {}

  private final Socket socket;
  private final DataInputStream in;
  private final Assignment assignment;
  private boolean left;

  private Visit(Socket socket, DataInputStream in, Assignment assignment) {
    this.socket = socket;
    this.in = in;
    this.assignment = assignment;
  }

  /**
   * Asks a driver to be let in.
   *
   * @param socket a new one, closed where nobody is let in; whoever closes it ends the attempt
   * @param build this process's version
   * @param time for the whole of it
   * @throws RefusedException where the driver, or this process, refuses the other
   * @throws IOException where no driver answers; later one may
   */
  public static Visit at(
      Socket socket, InetSocketAddress driver, SharedSecret secret, String build, Duration time)
      throws IOException, RefusedException {
    try (Deadline deadline = Deadline.of(socket, time)) {
      return at(socket, driver, secret, build, deadline);
    } catch (IOException | RefusedException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static Visit at(
      Socket socket, InetSocketAddress driver, SharedSecret secret, String build, Deadline deadline)
      throws IOException, RefusedException {
    try {
      socket.connect(driver);
      Greeting.tune(socket);
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      return new Visit(socket, in, greet(socket, in, secret, build));
    } catch (IOException e) {
      throw deadline.passed() ? new SocketTimeoutException("it did not answer in time") : e;
    }
  }

  private static Assignment greet(
      Socket socket, DataInputStream in, SharedSecret secret, String build)
      throws IOException, RefusedException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    Greeting ours = Greeting.next();
    ByteArrayOutputStream hello = new ByteArrayOutputStream();
    ours.write(new DataOutputStream(hello));
    Greeting.writeText(new DataOutputStream(hello), build);
    out.write(hello.toByteArray());
    out.flush();
    Greeting theirs = Greeting.read(in);
    byte[] said = build.getBytes(StandardCharsets.UTF_8);
    if (theirs.format() == Greeting.FORMAT) {
      out.write(secret.proof("process", ours.nonce(), theirs.nonce(), said));
      out.flush();
    }
    Greeting.Word word = Greeting.word(in.readUnsignedByte());
    if (word == Greeting.Word.REFUSED) {
      throw new RefusedException(Greeting.readLine(in, Greeting.REASON_BYTES));
    }
    if (word != Greeting.Word.WELCOME) {
      throw new IOException("its run is over: " + Greeting.readLine(in, Greeting.REASON_BYTES));
    }
    byte[] seal = Greeting.readBytes(in, Seal.BYTES);
    byte[] proof = Greeting.readBytes(in, Greeting.PROOF_BYTES);
    if (!secret.proves(proof, "driver", ours.nonce(), theirs.nonce(), seal)) {
      throw new RefusedException("it does not know the secret itself: a stranger answers there");
    }
    return Assignment.decode(Seal.open(seal, in));
  }

  /** What this process is to do. */
  public Assignment assignment() {
    return assignment;
  }

  /** The address of this host by which it reaches the driver. */
  public String localHost() {
    return socket.getLocalAddress().getHostAddress();
  }

  /**
   * Waits for the end.
   *
   * @return empty where it has not come in this time
   */
  public Optional<End> await(Duration time) {
    try {
      socket.setSoTimeout((int) time.toMillis());
      int first;
      try {
        first = in.readUnsignedByte();
      } catch (SocketTimeoutException e) {
        return Optional.empty();
      }
      socket.setSoTimeout((int) PATIENCE.toMillis());
      return Optional.of(end(Greeting.word(first), Greeting.readLine(in, Greeting.REASON_BYTES)));
    } catch (EOFException e) {
      return Optional.of(new End(Kind.LOST, "it ended without a word"));
    } catch (IOException e) {
      return Optional.of(new End(Kind.LOST, String.valueOf(e.getMessage())));
    }
  }

  private static End end(Greeting.Word word, String reason) {
    return switch (word) {
      case DONE -> new End(Kind.DONE, "");
      case FAILED -> new End(Kind.FAILED, reason);
      default -> new End(Kind.DISMISSED, reason);
    };
  }

  /** Tells the driver that this process goes. */
  public synchronized void leave(String reason) {
    if (left) {
      return;
    }
    left = true;
    try {
      Greeting.say(new DataOutputStream(socket.getOutputStream()), Greeting.Word.LEAVING, reason);
    } catch (IOException e) {
      // The driver is gone, and nobody is left to be told.
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.info("the connection to the driver could not be closed: {}", e.toString());
    }
  }
}
