package io.lockstep.driver.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Figures figures = new Figures();
  private final AtomicReference<String> unready = new AtomicReference<>("no server is here");

  private MetricsEndpoint start(int port) throws IOException {
    return MetricsEndpoint.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        figures,
        EnumSet.of(Figure.Of.SERVER),
        unready::get);
  }

  private static HttpResponse<String> get(MetricsEndpoint endpoint, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
    return CLIENT.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void figuresAreShownAsTheyAre() throws IOException, InterruptedException {
    try (MetricsEndpoint endpoint = start(0)) {
      figures.set(Figure.SERVER_STEP, 17);
      figures.add(Figure.SERVER_SENT_BYTES, 1_000_000);
      figures.add(Figure.SERVER_SENT_BYTES, 234_567);
      String shown = get(endpoint, "/metrics").body();
      assertThat(shown)
          .contains("# TYPE lockstep_server_step gauge", "lockstep_server_step 17.0")
          .contains(
              "# TYPE lockstep_server_sent_bytes_total counter",
              "lockstep_server_sent_bytes_total 1234567.0")
          .doesNotContain("lockstep_loss");
    }
  }

  @Test
  void itIsReadyWhenTheProcessIsAndHealthyAlways() throws IOException, InterruptedException {
    try (MetricsEndpoint endpoint = start(0)) {
      assertThat(get(endpoint, "/-/healthy").statusCode()).isEqualTo(200);
      HttpResponse<String> before = get(endpoint, "/-/ready");
      assertThat(before.statusCode()).isEqualTo(503);
      assertThat(before.body()).isEqualTo("no server is here\n");
      unready.set("");
      assertThat(get(endpoint, "/-/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (MetricsEndpoint endpoint = start(0)) {
      int port = endpoint.address().getPort();
      assertThatThrownBy(() -> start(port))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on")
          .hasMessageContaining(":" + port);
    }
  }
}
