package io.lockstep.worker.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.link.ServerAddress.Way;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerAddressTest {
  @TempDir Path folder;

  private ServerAddress here() throws IOException {
    Path file = Files.createFile(folder.resolve("server-0"));
    return new ServerAddress(
        0, "127.0.0.1", 1, file.toString(), HostIdentity.ofThisHost(), LocalPorts.processToken());
  }

  @Test
  void theShortestWayIsTaken() throws IOException {
    ServerAddress here = here();
    assertThat(here.way()).isEqualTo(Way.DIRECT);
    assertThat(here.byUnixSocket().way()).isEqualTo(Way.UNIX);
    assertThat(here.tcpOnly().way()).isEqualTo(Way.TCP);
  }

  @Test
  void anotherHostAndASocketThatIsNotThereAreReachedByTcp() throws IOException {
    ServerAddress here = here().byUnixSocket();
    ServerAddress elsewhere =
        new ServerAddress(0, "a", 1, here.unixPath(), "another boot/mnt:[1]", "");
    assertThat(elsewhere.way()).isEqualTo(Way.TCP);
    Files.delete(Path.of(here.unixPath()));
    assertThat(here.way()).isEqualTo(Way.TCP);
  }

  @Test
  void aServerThatDoesNotListenIsNamedAsBroken() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    ServerAddress gone = new ServerAddress(3, "127.0.0.1", port, "", "", "");
    assertBroken(gone, "cannot connect to server 3 at 127.0.0.1:" + port);
    assertBroken(
        new ServerAddress(3, "127.0.0.1", port, "", "", LocalPorts.processToken()),
        "server 3 at 127.0.0.1:" + port + " is not in this process any more");
  }

  private static void assertBroken(ServerAddress address, String message) {
    Layout layout = Layout.of(List.of(new TensorSpec("W", List.of(4), Role.WEIGHT)), 4);
    WorkerIdentity worker = new WorkerIdentity("token", 1, 0, 0);
    assertThatThrownBy(
            () -> WorkerLink.connect(worker, layout, List.of(address), (offset, values) -> {}))
        .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.isRefused()).isFalse())
        .hasMessageStartingWith(message);
  }
}
