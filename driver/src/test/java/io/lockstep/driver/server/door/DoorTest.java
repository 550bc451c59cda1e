package io.lockstep.driver.server.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.lockstep.common.config.ConfigurationException;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

  private static final Door.Watch WATCHED_BY_NOBODY =
      new Door.Watch() {
        @Override
        public void left(int process, String how) {}

        @Override
        public void turnedAway(String reason) {}
      };

  private static Assignment withConfiguration(String configuration) {
    return new Assignment(
        ASSIGNMENT.process(),
        configuration,
        ASSIGNMENT.epochs(),
        ASSIGNMENT.runToken(),
        ASSIGNMENT.coordinator(),
        ASSIGNMENT.checkpoints(),
        ASSIGNMENT.mark(),
        ASSIGNMENT.socketFolder());
  }

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
    return address(door);
  }

  private static InetSocketAddress address(Door where) {
    String[] parts = where.address().split(":", 2);
    return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
  }

  private Visit visit() throws IOException, RefusedException {
    return visit(address(), SECRET, BUILD);
  }

  private Visit visit(InetSocketAddress driver, SharedSecret secret, String build)
      throws IOException, RefusedException {
    Visit visit = Visit.at(new Socket(), driver, secret, build, LONG);
    toClose.add(visit);
    return visit;
  }

  /** Somebody who speaks for himself. */
  private Socket stranger() throws IOException {
    return stranger(door);
  }

  private Socket stranger(Door where) throws IOException {
    Socket socket = new Socket();
    toClose.add(socket);
    socket.connect(address(where));
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
    assertThatThrownBy(() -> visit(address(), ANOTHER, BUILD))
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
    assertThatThrownBy(() -> visit(address(), SECRET, "1.0 (commit b)"))
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
    assertThat(Greeting.readLine(in, Greeting.REASON_BYTES))
        .endsWith("the driver is 1.0 (commit a), the process is 2.0");
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
    visit().leave("a" + "\u00e4".repeat(50_000));
    assertThat(hears()).isEqualTo("1 left: a" + "\u00e4".repeat(Greeting.REASON_BYTES / 2 - 1));
  }

  @Test
  void aReasonIsOneLineWhateverIsInIt() throws Exception {
    visit().leave("its disk\r\n\u001b[31mis \u202efull");
    assertThat(hears()).isEqualTo("1 left: its disk [31mis  full");
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

  @Test
  void whoDragsItOutIsShownOutHoweverBusyHeIs() throws Exception {
    try (Door hasty = Door.at(Endpoint.at("127.0.0.1"), SECRET, BUILD, Duration.ofMillis(300))) {
      hasty.open(ASSIGNMENT, WATCHED_BY_NOBODY);
      Socket slow = stranger(hasty);
      DataOutputStream out = new DataOutputStream(slow.getOutputStream());
      Greeting.next().write(out);
      out.writeInt(Greeting.NAME_BYTES);
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(
              () -> assertThatThrownBy(() -> out.write('x')).isInstanceOf(IOException.class));
    }
  }

  @Test
  void aWrongProofIsRefusedAndTheUserHearsOfItOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      Socket stranger = stranger();
      DataOutputStream out = new DataOutputStream(stranger.getOutputStream());
      DataInputStream in = new DataInputStream(stranger.getInputStream());
      Greeting.next().write(out);
      Greeting.writeText(out, BUILD);
      Greeting.read(in);
      out.write(new byte[Greeting.PROOF_BYTES]);
      assertThat(Greeting.word(in.readUnsignedByte())).isEqualTo(Greeting.Word.REFUSED);
      stranger.close();
    }
    assertThat(hears()).contains("it must know the driver's secret");
    visit().leave("that was all");
    assertThat(hears()).isEqualTo("1 left: that was all");
  }

  @Test
  void theUserHearsFewOfManyReasonsAndEachOnOneLine() throws Exception {
    for (int i = 0; i < 40; i++) {
      String build = "build\n" + i;
      assertThatThrownBy(() -> visit(address(), SECRET, build))
          .isInstanceOf(RefusedException.class)
          .hasMessageEndingWith("the process is " + build.replace('\n', ' '));
    }
    assertThat(heard).hasSize(16).allSatisfy(line -> assertThat(line).doesNotContain("\n"));
  }

  @Test
  void whatAProcessSaidOnceLetsNobodyInLater() throws Exception {
    Recorded recorded = new Recorded();
    Greeting first = Greeting.next();
    recorded.say(first);
    recorded.prove(first);
    assertThat(recorded.answer()).isEqualTo(Greeting.Word.WELCOME);
    Recorded again = new Recorded();
    again.socket.getOutputStream().write(recorded.said.toByteArray());
    Greeting.read(again.in);
    assertThat(again.answer()).isEqualTo(Greeting.Word.REFUSED);
  }

  /** A process whose words are kept. */
  private final class Recorded {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Socket socket = stranger();
    private final DataInputStream in = new DataInputStream(socket.getInputStream());

    Recorded() throws IOException {}

    void say(Greeting greeting) throws IOException {
      DataOutputStream words = new DataOutputStream(said);
      greeting.write(words);
      Greeting.writeText(words, BUILD);
      socket.getOutputStream().write(said.toByteArray());
    }

    void prove(Greeting ours) throws IOException {
      byte[] build = BUILD.getBytes(StandardCharsets.UTF_8);
      byte[] proof = SECRET.proof("process", ours.nonce(), Greeting.read(in).nonce(), build);
      said.write(proof);
      socket.getOutputStream().write(proof);
    }

    Greeting.Word answer() throws IOException {
      return Greeting.word(in.readUnsignedByte());
    }
  }

  @Test
  void anAssignmentThatNoProcessWouldReadIsNotGivenOut() throws Exception {
    try (Door other = Door.at(Endpoint.at("127.0.0.1"), SECRET, BUILD)) {
      Assignment tooLong = withConfiguration("x".repeat(Assignment.MOST_BYTES));
      assertThatThrownBy(() -> other.open(tooLong, WATCHED_BY_NOBODY))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith(
              "a run on server processes must have a configuration of at most 16777216 bytes, got ");
    }
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

  /** What a driver that knows this secret says. */
  private static void welcome(
      SharedSecret secret, Greeting ours, Greeting theirs, byte[] seal, DataOutputStream out)
      throws IOException {
    out.write(Greeting.Word.WELCOME.code);
    out.write(seal);
    out.write(secret.proof("driver", theirs.nonce(), ours.nonce(), seal));
  }

  private static byte[] sealOf(int length) {
    return ByteBuffer.allocate(Seal.BYTES).putInt(length).array();
  }

  @Test
  void aDriverThatDoesNotKnowTheSecretIsRefused() throws Exception {
    byte[] told = ASSIGNMENT.encode();
    refusedBefore(
        (ours, theirs, out) -> {
          welcome(ANOTHER, ours, theirs, Seal.of(told), out);
          out.write(told);
        });
  }

  @Test
  void noByteOfAnAssignmentIsReadBeforeTheDriverHasProvedItself() throws Exception {
    refusedBefore((ours, theirs, out) -> welcome(ANOTHER, ours, theirs, sealOf(1 << 30), out));
    refusedBefore((ours, theirs, out) -> welcome(ANOTHER, ours, theirs, sealOf(-1), out));
    byte[] senseless = new byte[64]; // an epoch of no steps: no run has one
    refusedBefore(
        (ours, theirs, out) -> {
          welcome(ANOTHER, ours, theirs, Seal.of(senseless), out);
          out.write(senseless);
        });
  }

  private void refusedBefore(Answer answer) throws IOException {
    try (ActedDriver acted = new ActedDriver(answer)) {
      assertThatThrownBy(() -> visit(acted.address(), SECRET, BUILD))
          .isInstanceOf(RefusedException.class)
          .hasMessage("it does not know the secret itself: a stranger answers there");
    }
  }

  @Test
  void whatADriverSaidOnceConvincesNobodyLater() throws Exception {
    AtomicReference<byte[]> proof = new AtomicReference<>();
    byte[] seal = Seal.of(ASSIGNMENT.encode());
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> {
              proof.set(SECRET.proof("driver", theirs.nonce(), ours.nonce(), seal));
              welcome(SECRET, ours, theirs, seal, out);
              out.write(ASSIGNMENT.encode());
            })) {
      assertThat(visit(acted.address(), SECRET, BUILD).assignment()).isEqualTo(ASSIGNMENT);
    }
    refusedBefore(
        (ours, theirs, out) -> {
          out.write(Greeting.Word.WELCOME.code);
          out.write(seal);
          out.write(proof.get());
          out.write(ASSIGNMENT.encode());
        });
  }

  @Test
  void aProcessSOwnProofSentBackConvincesNobody() throws Exception {
    byte[] seal = Seal.of(ASSIGNMENT.encode());
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> {
              byte[] build = BUILD.getBytes(StandardCharsets.UTF_8);
              out.write(Greeting.Word.WELCOME.code);
              out.write(seal);
              out.write(SECRET.proof("process", theirs.nonce(), ours.nonce(), build));
            })) {
      assertThatThrownBy(() -> visit(acted.address(), SECRET, BUILD))
          .isInstanceOf(RefusedException.class);
    }
  }

  @Test
  void anAssignmentThatWasChangedOnItsWayIsNotTaken() throws Exception {
    byte[] told = ASSIGNMENT.encode();
    byte[] other = withConfiguration("name: another\n").encode();
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> {
              welcome(SECRET, ours, theirs, Seal.of(told), out);
              out.write(Arrays.copyOf(other, told.length));
            })) {
      assertThatThrownBy(() -> visit(acted.address(), SECRET, BUILD))
          .isInstanceOf(IOException.class)
          .hasMessage("what it said was changed on its way");
    }
  }

  @Test
  void aReasonOfAStrangerIsShort() throws Exception {
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> {
              out.write(Greeting.Word.REFUSED.code);
              out.writeInt(1 << 26);
            })) {
      assertThatThrownBy(() -> visit(acted.address(), SECRET, BUILD))
          .isInstanceOf(IOException.class)
          .hasMessage("a text must have at most 16384 bytes, got 67108864");
    }
  }

  @Test
  void anyBytesAreNoDriverYetAndOnlyEverThat() throws Exception {
    long seed = Long.getLong("tests.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      byte[] bytes = new byte[random.nextInt(300)];
      random.nextBytes(bytes);
      try (ActedDriver acted = new ActedDriver((ours, theirs, out) -> out.write(bytes))) {
        assertThatThrownBy(() -> visit(acted.address(), SECRET, BUILD))
            .as("-Dtests.seed=%d", seed)
            .isInstanceOfAny(IOException.class, RefusedException.class);
      }
    }
  }

  @Test
  void whoAnswersAByteAtATimeIsLeftInTime() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> {
              out.write(Greeting.Word.REFUSED.code);
              out.writeInt(Greeting.REASON_BYTES);
              drip(out, over);
            })) {
      assertThatThrownBy(
              () -> Visit.at(new Socket(), acted.address(), SECRET, BUILD, Duration.ofMillis(300)))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("it did not answer in time");
    } finally {
      over.countDown();
    }
  }

  /** Says something every now and then. */
  private static void drip(DataOutputStream out, CountDownLatch over) throws IOException {
    try {
      while (!over.await(20, TimeUnit.MILLISECONDS)) {
        out.write('x');
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anAttemptEndsWithItsSocket() throws Exception {
    Socket attempt = new Socket();
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), silent.getLocalPort());
      new Thread(
              () ->
                  ended.complete(
                      catchThrowable(() -> Visit.at(attempt, address, SECRET, BUILD, LONG))),
              "attempt")
          .start();
      silent.accept().getInputStream().read();
      attempt.close();
      assertThat(ended.get(AT_ONCE.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void somethingElseAtTheDriversAddressIsNoDriverYet() throws Exception {
    try (ActedDriver acted = new ActedDriver((ours, theirs, out) -> out.write(77))) {
      assertThatThrownBy(() -> visit(acted.address(), SECRET, BUILD))
          .isInstanceOf(IOException.class)
          .hasMessage("a word must be in [1, 6], got 77");
    }
  }

  @Test
  void aRunThatEndsWhileAProcessComesIsNoRefusalToTheNextRun() throws Exception {
    try (ActedDriver acted =
        new ActedDriver(
            (ours, theirs, out) -> Greeting.say(out, Greeting.Word.FAILED, "the loss is NaN"))) {
      assertThatThrownBy(() -> visit(acted.address(), SECRET, BUILD))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the loss is NaN");
    }
  }

  @Test
  void aDriverThatDiesIsLost() throws Exception {
    try (ActedDriver acted =
            new ActedDriver(
                (ours, theirs, out) -> {
                  welcome(SECRET, ours, theirs, Seal.of(ASSIGNMENT.encode()), out);
                  out.write(ASSIGNMENT.encode());
                });
        Visit visit = visit(acted.address(), SECRET, BUILD)) {
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
        assertThat(Greeting.readText(in, Greeting.NAME_BYTES)).isEqualTo(BUILD);
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
