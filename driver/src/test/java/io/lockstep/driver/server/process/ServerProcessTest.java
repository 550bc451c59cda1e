package io.lockstep.driver.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.data.EpochPlan;
import io.lockstep.driver.server.door.Assignment;
import io.lockstep.driver.server.door.Door;
import io.lockstep.driver.server.door.SharedSecret;
import io.lockstep.worker.link.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How it asks, is refused, and ends; how it serves is for whole runs to show. */
@Timeout(60)
class ServerProcessTest {
  private static final SharedSecret SECRET = secret("known to both of them");
  private static final String BUILD = "1.0 (commit a)";

  @TempDir private Path folder;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private static SharedSecret secret(String text) {
    return SharedSecret.find(null, "", Map.of(SharedSecret.VARIABLE, text));
  }

  private ServerProcess process(int port, SharedSecret secret, @Nullable Duration patience) {
    Invitation invitation =
        new Invitation(
            "127.0.0.1", port, secret, "", "", 0, 0, Optional.ofNullable(patience), true);
    return new ServerProcess(invitation, BUILD, said::add);
  }

  /** A port that nobody else gets, and where nobody answers. */
  private static Socket nobody() throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return socket;
  }

  private Door door(int port) throws IOException {
    Door door = Door.at(Endpoint.at("127.0.0.1").withPort(port), SECRET, BUILD);
    door.open(
        assignment(),
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
    return door;
  }

  private static int port(Door door) {
    return Integer.parseInt(door.address().replaceFirst(".*:", ""));
  }

  /** Of a run whose mark is nowhere. */
  private Assignment assignment() {
    String configuration =
        """
        name: elsewhere
        seed: 1
        data: {train: {format: csv, path: nowhere, label: class}, labels: {classes: 2}}
        model: {input: [3], layers: [{type: dense, units: 2}]}
        optimizer: {type: sgd, learningRate: 0.1}
        loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
        batch: {size: 8, slice: 8}
        train: {steps: 10}
        """;
    return new Assignment(
        0,
        configuration,
        new EpochPlan(8, 5),
        "the token of the run",
        "akka://lockstep@127.0.0.1:1/user/coordinator",
        folder.resolve("checkpoints").toString(),
        "run-1.mark",
        folder.toString());
  }

  private @Nullable String says() throws InterruptedException {
    return said.poll(30, TimeUnit.SECONDS);
  }

  @Test
  void itGivesUpInTimeWhereNoDriverAnswersAndSaysWhere() throws Exception {
    try (Socket nobody = nobody()) {
      int port = nobody.getLocalPort();
      long begin = System.nanoTime();
      assertThat(process(port, SECRET, Duration.ofMillis(700)).run()).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(700), Duration.ofSeconds(20));
      assertThat(said)
          .containsExactly(
              "waiting for a driver at 127.0.0.1:" + port + ": Connection refused",
              "no driver at 127.0.0.1:"
                  + port
                  + " within --wait, the last time: Connection refused");
    }
  }

  @Test
  void itGivesUpInTimeWhereSomethingAnswersThatSaysNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      long begin = System.nanoTime();
      int port = silent.getLocalPort();
      assertThat(process(port, SECRET, Duration.ofMillis(700)).run()).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofMillis(700), Duration.ofSeconds(5));
      assertThat(said).last().asString().endsWith("the last time: it did not answer in time");
    }
  }

  @Test
  void itEndsAtOnceInTheMiddleOfAnAttempt() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      ServerProcess process = process(silent.getLocalPort(), SECRET, null);
      CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(process::run);
      try (Socket asked = silent.accept()) {
        assertThat(asked.getInputStream().read()).isEqualTo('L');
        process.end("it was told to end");
        assertThat(done.get(3, TimeUnit.SECONDS)).isFalse();
      }
      assertThat(said).isEmpty();
    }
  }

  @Test
  void itEndsAtOnceWhereItWasDismissedAndWaitsForTheNextRun() throws Exception {
    try (Door door = door(0)) {
      ServerProcess process = process(port(door), SECRET, null);
      CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(process::run);
      assertThat(says()).startsWith("this process cannot take part");
      assertThat(heard.poll(30, TimeUnit.SECONDS)).startsWith("1 left: it cannot take part");
      long begin = System.nanoTime();
      process.end("it was told to end");
      assertThat(done.get(3, TimeUnit.SECONDS)).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void itEndsWhenItIsToldToWhileItStillAsks() throws Exception {
    try (Socket nobody = nobody()) {
      ServerProcess process = process(nobody.getLocalPort(), SECRET, null);
      CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(process::run);
      assertThat(says()).startsWith("waiting for a driver");
      process.end("it was told to end");
      assertThat(done.get(20, TimeUnit.SECONDS)).isFalse();
    }
  }

  @Test
  void anotherSecretEndsItEvenWhereItWaitsForTheNextRun() throws Exception {
    try (Door door = door(0)) {
      assertThat(process(port(door), secret("known to this one alone"), null).run()).isFalse();
      assertThat(said)
          .singleElement()
          .asString()
          .startsWith("the driver at " + door.address() + " refuses: it must know the driver's")
          .contains("--secret-file here");
    }
  }

  @Test
  void aDriverThatComesLaterIsFoundAndHearsWhyTheProcessCannotTakePart() throws Exception {
    Socket nobody = nobody();
    int port = nobody.getLocalPort();
    ServerProcess process = process(port, SECRET, null);
    CompletableFuture<Boolean> done = CompletableFuture.supplyAsync(process::run);
    assertThat(says()).startsWith("waiting for a driver");
    nobody.close();
    try (Door door = door(port)) {
      assertThat(says())
          .startsWith("this process cannot take part: the run's checkpoints must be on storage")
          .contains(folder.resolve("checkpoints").toString());
      assertThat(heard.poll(30, TimeUnit.SECONDS))
          .startsWith("1 left: it cannot take part: the run's checkpoints must be on storage")
          .contains(folder.resolve("checkpoints").toString());
      process.end("it was told to end");
      door.done();
    }
    assertThat(done.get(20, TimeUnit.SECONDS)).isFalse();
  }
}
