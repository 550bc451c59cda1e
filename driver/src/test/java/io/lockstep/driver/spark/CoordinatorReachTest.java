package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.lockstep.driver.coordinator.ProcessSystem;
import io.lockstep.worker.link.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CoordinatorReachTest {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration SILENCE = Duration.ofSeconds(30);

  @Test
  void theAddressIsThatOfTheClosure() {
    assertThat(CoordinatorReach.of("akka://lockstep@driver.local:4711/system/coordinator#-17"))
        .isEqualTo(
            new CoordinatorReach(
                "driver.local", 4711, "akka://lockstep@driver.local:4711/system/coordinator"));
  }

  @Test
  void twoProcessesThatReachEachOtherPass() throws Exception {
    try (ProcessSystem driver =
            ProcessSystem.open("reach-driver", Endpoint.at("127.0.0.1"), BEAT, SILENCE);
        ProcessSystem executor =
            ProcessSystem.open("reach-executor", Endpoint.at("127.0.0.1"), BEAT, SILENCE)) {
      ActorRef<String> coordinator = driver.start(Behaviors.ignore(), "coordinator");
      assertThat(CoordinatorReach.of(driver.addressOf(coordinator)).check(executor, LONG)).isTrue();
    }
  }

  /** Spark tries a failed task again until the job is cancelled: such an attempt must not fail. */
  @Test
  void aCoordinatorThatHasEndedIsNoFailure() throws Exception {
    try (ProcessSystem driver =
            ProcessSystem.open("reach-over", Endpoint.at("127.0.0.1"), BEAT, SILENCE);
        ProcessSystem executor =
            ProcessSystem.open("reach-late", Endpoint.at("127.0.0.1"), BEAT, SILENCE)) {
      ActorRef<String> coordinator =
          driver.start(
              Behaviors.receiveMessage(message -> Behaviors.<String>stopped()), "coordinator");
      CoordinatorReach reach = CoordinatorReach.of(driver.addressOf(coordinator));
      coordinator.tell("the run is over");
      await().atMost(LONG).until(() -> !reach.check(executor, LONG));
    }
  }

  @Test
  void aClosedPortIsNamedWithWhatToSet() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(
            () -> new CoordinatorReach("127.0.0.1", port, "").checkThere("10.0.0.7", SHORT))
        .hasMessageStartingWith(
            "the driver at 127.0.0.1:" + port + " cannot be reached from 10.0.0.7 (")
        .hasMessageEndingWith(
            "): set cluster.host to an address of the driver that executors reach, fix its port"
                + " with cluster.controlPort, and open it in the firewall or NetworkPolicy");
  }

  @Test
  void anUnknownNameIsSaid() {
    assertThatThrownBy(
            () -> new CoordinatorReach("driver.invalid", 1, "").checkThere("10.0.0.7", SHORT))
        .hasMessage(
            "the driver's name driver.invalid is not known on 10.0.0.7: set cluster.host to a name"
                + " or address that every executor can resolve");
  }

  /** A listener that takes connections and says nothing is what a one-way network looks like. */
  @Test
  void answersThatDoNotArriveAreSaidWithThisExecutorsOwnAddress() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        ProcessSystem executor =
            ProcessSystem.open("reach-mute", Endpoint.at("127.0.0.1"), BEAT, SILENCE)) {
      String address = "akka://lockstep@127.0.0.1:" + mute.getLocalPort() + "/system/coordinator";
      assertThatThrownBy(() -> CoordinatorReach.of(address).check(executor, SHORT))
          .isInstanceOf(UnreachableException.class)
          .hasMessageContaining("but its answers do not arrive within 1s")
          .hasMessageContaining(
              "open connections to 127.0.0.1:" + executor.system().address().getPort().get());
    }
  }
}
