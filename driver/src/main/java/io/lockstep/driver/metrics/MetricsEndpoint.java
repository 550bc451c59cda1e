package io.lockstep.driver.metrics;

import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A process's figures for Prometheus, and what its probes ask, over HTTP: {@code /metrics}, {@code
 * /-/healthy}, which answers as long as the process can answer, and {@code /-/ready}, which says
 * 200 while the process does its part and 503, with the reason, while it does not.
 */
public final class MetricsEndpoint implements AutoCloseable {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final int BACKLOG = 16;

  private final HttpServer http;
  private final ExecutorService threads;

  private MetricsEndpoint(HttpServer http, ExecutorService threads) {
    this.http = http;
    this.threads = threads;
  }

  /**
   * Listens.
   *
   * @param address port 0 for a free one
   * @param shown whose figures
   * @param unready why the process is not ready; empty where it is
   * @throws IOException where it cannot listen there
   */
  public static MetricsEndpoint start(
      InetSocketAddress address, Figures figures, Set<Figure.Of> shown, Supplier<String> unready)
      throws IOException {
    HttpServer http;
    try {
      http = HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
    ExecutorService threads =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "lockstep-metrics");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(threads);
    http.createContext("/metrics", new MetricsHandler(registry(figures, shown)));
    answer(http, "/-/healthy", () -> "");
    answer(http, "/-/ready", unready);
    http.start();
    return new MetricsEndpoint(http, threads);
  }

  private static void answer(HttpServer http, String path, Supplier<String> trouble) {
    http.createContext(
        path,
        exchange -> {
          String reason = trouble.get();
          byte[] body =
              ((reason.isEmpty() ? "ok" : reason) + "\n").getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
          exchange.sendResponseHeaders(reason.isEmpty() ? OK : UNAVAILABLE, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
  }

  private static PrometheusRegistry registry(Figures figures, Set<Figure.Of> shown) {
    PrometheusRegistry registry = new PrometheusRegistry();
    for (Figure figure : Figure.values()) {
      if (shown.contains(figure.of())) {
        switch (figure.kind()) {
          case LEVEL ->
              GaugeWithCallback.builder()
                  .name(name(figure))
                  .help(figure.meaning())
                  .callback(callback -> callback.call(figures.get(figure)))
                  .register(registry);
          case TOTAL ->
              CounterWithCallback.builder()
                  .name(name(figure))
                  .help(figure.meaning())
                  .callback(callback -> callback.call(figures.get(figure)))
                  .register(registry);
        }
      }
    }
    return registry;
  }

  /** As Prometheus writes names: {@code lockstep_server_step}; a total gets its _total there. */
  static String name(Figure figure) {
    return "lockstep_" + figure.key().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
