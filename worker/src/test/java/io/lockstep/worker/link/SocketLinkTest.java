package io.lockstep.worker.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SocketLinkTest {
  private static final WorkerIdentity WORKER = new WorkerIdentity("secret", 1, 0, 0);

  private static void assertGivenUp(ServerAddress address) {
    assertThatThrownBy(
            () ->
                SocketLink.connect(
                    address,
                    WORKER,
                    List.of(),
                    chunk -> false,
                    10,
                    (offset, values) -> {},
                    cause -> {},
                    Duration.ofMillis(50)))
        .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.isRefused()).isFalse())
        .hasMessage(address + " accepted the connection and did not answer within 50 ms");
  }

  @Test
  void aServerThatAcceptsAndNeverAnswersIsGivenUpOverTcp() throws IOException {
    try (ServerSocketChannel silent =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      int port = ((InetSocketAddress) silent.getLocalAddress()).getPort();
      assertGivenUp(new ServerAddress(3, "127.0.0.1", port, "", "", ""));
    }
  }

  @Test
  void aServerThatAcceptsAndNeverAnswersIsGivenUpOverAUnixSocket(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("silent");
    try (ServerSocketChannel silent =
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(file))) {
      assertThat(silent.isOpen()).isTrue();
      assertGivenUp(
          new ServerAddress(3, "127.0.0.1", 1, file.toString(), HostIdentity.ofThisHost(), ""));
    }
  }
}
