package io.lockstep.driver.server.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.data.EpochPlan;
import io.lockstep.worker.link.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Driver and server processes over the loopback, and others that come to the door. */
@Timeout(30)
class DoorTest {
  private static final SharedSecret SECRET = secret("known to both of them");
  private static final SharedSecret ANOTHER = secret("known to one of them");
  private static final String BUILD = "1.0 (commit a)";
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Less than the door's patience with a stranger, at the end of which everybody is shown out. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static final Assignment ASSIGNMENT =
      new Assignment(
          0,
          "name: a run, \u00fcber all\n",
          new EpochPlan(8, 17),
          "the token of the run",
          "akka://lockstep@127.0.0.1:25520/user/coordinator",
          "/shared/run/checkpoints",
          "run-1.mark",
          "/tmp/sockets");

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private Door door;

  private static SharedSecret secret(String text) {
    return SharedSecret.find(null, "", Map.of(SharedSecret.VARIABLE, text));
  }

  @BeforeEach
  void open() throws IOException {
    door = Door.at(Endpoint.at("127.0.0.1"), SECRET, BUILD);
    door.open(
        ASSIGNMENT,
        new Door.Watch() {
          @Override
          public void left(int process, String how) {
            heard.add(process + " left: " + how);
          }

          @Override
          public void turnedAway(String reason) {
            heard.add(reason);
          }
        });
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : toClose) {
      one.close();
    }
    door.close();
  }

  private InetSocketAddress address() {
    String[] parts = door.address().split(":", 2);
    return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
  }

  private Visit visit() throws IOException, RefusedException {
    Visit visit = Visit.at(address(), SECRET, BUILD);
    toClose.add(visit);
    return visit;
  }

  /** Somebody who speaks for himself. */
  private Socket stranger() throws IOException {
    Socket socket = new Socket();
    toClose.add(socket);
    socket.connect(address());
    socket.setSoTimeout((int) AT_ONCE.toMillis());
    return socket;
  }

  private @Nullable String hears() throws InterruptedException {
    return heard.poll(LONG.toSeconds(), TimeUnit.SECONDS);
  }

  private static Visit.End end(Visit visit) {
    return visit.await(LONG).orElseThrow();
  }

  // ---- who is let in

  @Test
  void whoKnowsTheSecretIsToldTheRunAndItsOwnNumber() throws Exception {
    Visit first = visit();
    Visit second = visit();
    assertThat(first.assignment()).isEqualTo(ASSIGNMENT.forProcess(1));
    assertThat(second.assignment()).isEqualTo(ASSIGNMENT.forProcess(2));
    assertThat(first.localHost()).isEqualTo("127.0.0.1");
    assertThat(first.await(Duration.ofMillis(1))).as("the run goes on").isEmpty();
    assertThat(heard).isEmpty();
  }

  @Test
  void anotherSecretIsRefusedAndBothSidesSayWhatToDo() throws Exception {
    String reason =
        "it must know the driver's secret, and knows another: give both the same in"
            + " LOCKSTEP_SECRET, or the same file as --secret-file here and cluster.secretFile there";
    assertThatThrownBy(() -> Visit.at(address(), ANOTHER, BUILD))
        .isInstanceOf(RefusedException.class)
        .hasMessage(reason);
    assertThat(hears()).isEqualTo("a server process from 127.0.0.1 was turned away: " + reason);
    assertThat(visit().assignment().process()).as("the number of the next").isEqualTo(1);
  }

  @Test
  void anotherBuildIsRefusedAndBothSidesNameBothVersions() throws Exception {
    String reason =
        "driver and server process must be of one build of Lockstep: the driver is"
            + " 1.0 (commit a), the process is 1.0 (commit b)";
    assertThatThrownBy(() -> Visit.at(address(), SECRET, "1.0 (commit b)"))
        .isInstanceOf(RefusedException.class)
        .hasMessage(reason);
    assertThat(hears()).endsWith(reason);
  }

  @Test
  void aBuildThatSpeaksOtherwiseHearsWhichBuildTheDriverIs() throws Exception {
    Socket later = stranger();
    DataOutputStream out = new DataOutputStream(later.getOutputStream());
    new Greeting(Greeting.FORMAT + 1, Greeting.next().nonce()).write(out);
    Greeting.writeText(out, "2.0");
    DataInputStream in = new DataInputStream(later.getInputStream());
    assertThat(Greeting.read(in).format()).isEqualTo(Greeting.FORMAT);
    assertThat(Greeting.word(in.readUnsignedByte())).isEqualTo(Greeting.Word.REFUSED);
    assertThat(Greeting.readText(in)).endsWith("the driver is 1.0 (commit a), the process is 2.0");
    assertThat(hears()).endsWith("the process is 2.0");
  }

  // ---- who goes

  @Test
  void aProcessThatGoesAwayIsNoticedAtOnceAndTheOthersStay() throws Exception {
    Visit first = visit();
    Visit second = visit();
    first.close();
    assertThat(hears()).isEqualTo("1 left: its process ended");
    second.leave("its disk is full");
    assertThat(hears()).isEqualTo("2 left: its disk is full");
    assertThat(visit().assignment().process()).as("who comes back is another").isEqualTo(3);
  }

  @Test
  void aReasonThatIsVeryLongIsCutAndStillHeard() throws Exception {
    visit().leave("\u00e4".repeat(5000));
    assertThat(hears()).startsWith("1 left: \u00e4\u00e4\u00e4");
  }

  @Test
  void aProcessThatIsSentAwayHearsWhyAndIsNotMissed() throws Exception {
    Visit first = visit();
    Visit second = visit();
    door.dismiss(1, "it computes other bits");
    assertThat(end(first)).isEqualTo(new Visit.End(Visit.Kind.DISMISSED, "it computes other bits"));
    door.dismiss(1, "it has gone already");
    second.close();
    assertThat(hears()).as("the first word of anybody's leaving").startsWith("2 left");
  }

  @Test
  void allHearThatTheRunIsDoneAndNobodyIsLetInAnyMore() throws Exception {
    Visit first = visit();
    Visit second = visit();
    door.done();
    assertThat(end(first)).isEqualTo(new Visit.End(Visit.Kind.DONE, ""));
    assertThat(end(second)).isEqualTo(new Visit.End(Visit.Kind.DONE, ""));
    assertThatThrownBy(this::visit).isInstanceOf(IOException.class);
    door.failed("too late");
    assertThat(heard).isEmpty();
  }

  @Test
  void allHearWhyTheRunHasFailed() throws Exception {
    Visit first = visit();
    Visit second = visit();
    door.failed("the loss is NaN");
    assertThat(end(first)).isEqualTo(new Visit.End(Visit.Kind.FAILED, "the loss is NaN"));
    assertThat(end(second)).isEqualTo(new Visit.End(Visit.Kind.FAILED, "the loss is NaN"));
  }

  @Test
  void aDriverThatClosesItWithoutAWordHasFailed() throws Exception {
    Visit visit = visit();
    door.close();
    assertThat(end(visit)).isEqualTo(new Visit.End(Visit.Kind.FAILED, "its driver ended"));
  }

  // ---- who else comes

  @Test
  void whatIsNoLockstepIsShownOutWithoutAWordToTheUser() throws Exception {
    Socket browser = stranger();
    browser.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(shownOut(browser)).isTrue();
    Socket greedy = stranger();
    DataOutputStream out = new DataOutputStream(greedy.getOutputStream());
    Greeting.next().write(out);
    out.writeInt(Integer.MAX_VALUE);
    assertThat(shownOut(greedy)).as("one whose build has 2 GiB").isTrue();
    visit();
    assertThat(heard).isEmpty();
  }

  @Test
  void thoseWhoSayNothingKeepNobodyOutAndTheOldestGoesWhenThereAreTooMany() throws Exception {
    Socket oldest = stranger();
    List<Socket> others = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      others.add(stranger());
    }
    assertThat(shownOut(oldest)).isTrue();
    assertThat(visit().assignment().process()).isEqualTo(1);
    assertThat(others.get(63).getInputStream().available()).as("the last one waits").isZero();
  }

  /** Whether the door ends a connection at once; what it had not read may make that a reset. */
  private static boolean shownOut(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  // ---- what processes find that is no driver

  @Test
  void aDriverThatDoesNotKnowTheSecretIsRefused() throws Exception {
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> {
              out.write(Greeting.Word.WELCOME.code);
              ASSIGNMENT.write(out);
              out.write(ANOTHER.proof("driver", theirs.nonce(), ours.nonce()));
            })) {
      assertThatThrownBy(() -> Visit.at(acted.address(), SECRET, BUILD))
          .isInstanceOf(RefusedException.class)
          .hasMessage("it does not know the secret itself: a stranger answers there");
    }
  }

  @Test
  void somethingElseAtTheDriversAddressIsNoDriverYet() throws Exception {
    try (ActedDriver acted = new ActedDriver((ours, theirs, out) -> out.write(77))) {
      assertThatThrownBy(() -> Visit.at(acted.address(), SECRET, BUILD))
          .isInstanceOf(IOException.class)
          .hasMessage("a word must be in [1, 6], got 77");
    }
  }

  @Test
  void aRunThatEndsWhileAProcessComesIsNoRefusalToTheNextRun() throws Exception {
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> Greeting.say(out, Greeting.Word.FAILED, "the loss is NaN"))) {
      assertThatThrownBy(() -> Visit.at(acted.address(), SECRET, BUILD))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the loss is NaN");
    }
  }

  @Test
  void aDriverThatDiesIsLost() throws Exception {
    try (ActedDriver acted =
            new ActedDriver(
                (ours, theirs, out) -> {
                  ByteArrayOutputStream told = new ByteArrayOutputStream();
                  ASSIGNMENT.write(new DataOutputStream(told));
                  out.write(Greeting.Word.WELCOME.code);
                  out.write(told.toByteArray());
                  out.write(
                      SECRET.proof("driver", theirs.nonce(), ours.nonce(), told.toByteArray()));
                });
        Visit visit = Visit.at(acted.address(), SECRET, BUILD)) {
      assertThat(end(visit)).isEqualTo(new Visit.End(Visit.Kind.LOST, "it ended without a word"));
    }
  }

  /** What an acted driver says once it has been greeted, before it dies. */
  private interface Answer {
    void say(Greeting ours, Greeting theirs, DataOutputStream out) throws IOException;
  }

  /** Answers one connection in place of a driver. */
  private static final class ActedDriver implements AutoCloseable {
    private final ServerSocket listening;

    ActedDriver(Answer answer) throws IOException {
      listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      new Thread(() -> act(answer), "acted-driver").start();
    }

    private void act(Answer answer) {
      try (Socket socket = listening.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        Greeting theirs = Greeting.read(in);
        assertThat(Greeting.readText(in)).isEqualTo(BUILD);
        Greeting ours = Greeting.next();
        ours.write(out);
        Greeting.readBytes(in, Greeting.PROOF_BYTES);
        answer.say(ours, theirs, out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }
}
