package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.DriverAddress;
import io.lockstep.common.config.Durations;
import io.lockstep.driver.metrics.Figure;
import io.lockstep.driver.metrics.Figures;
import io.lockstep.driver.metrics.MetricsEndpoint;
import io.lockstep.driver.report.Build;
import io.lockstep.driver.report.RunLog;
import io.lockstep.driver.server.door.SharedSecret;
import io.lockstep.driver.server.process.Invitation;
import io.lockstep.driver.server.process.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code lockstep server}. */
@Command(
    name = "server",
    description = {
      "Hosts parameter servers in this process, for a run with cluster.placement: processes.",
      "It needs the address of the run's driver and the secret that the driver knows too: in the"
          + " environment's LOCKSTEP_SECRET, or in a file. All else it gets from the driver, for"
          + " which it waits where there is none yet."
    },
    footer = {
      "",
      "Example:",
      "  lockstep server --coordinator 10.0.0.7:7090 --secret-file secret.txt",
      "  lockstep server --coordinator driver:7090 --port 7092 --data-port 7093 --http-port 7094"
          + " --forever",
      "",
      "Exit codes: 0 the run is done, 1 it failed, its driver was lost or refused this process, or"
          + " none came within --wait; 2 the command line is wrong."
    })
final class ServerCommand implements Callable<Integer> {
  /** An address of IPv6 stands in brackets. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?<host>\\[[0-9A-Fa-f:.%]+]|[^:\\s]+)(:(?<port>\\d{1,9}))?");

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--coordinator",
      paramLabel = "HOST[:PORT]",
      required = true,
      description =
          "Where the driver listens: its cluster.host and cluster.port (default port: "
              + DriverAddress.DEFAULT_PORT
              + ").")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String coordinator;

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "A file with the secret (default: the environment's LOCKSTEP_SECRET).")
  private @Nullable Path secretFile;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Name or address under which driver and workers reach this process (default: the address"
              + " from which it reaches the driver).")
  private String host = "";

  @Option(
      names = "--bind-host",
      paramLabel = "ADDRESS",
      description = "Address that it listens on, such as 0.0.0.0 (default: --host).")
  private String bindHost = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port for the driver's control messages (default: a free one).")
  private int port;

  @Option(
      names = "--data-port",
      paramLabel = "PORT",
      description =
          "Port to which workers send gradients; where this process has several servers, the next"
              + " ones follow (default: free ones).")
  private int dataPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "Port for /metrics, as Prometheus reads them, /-/healthy and /-/ready, which says whether"
              + " this process hosts a server (default: none; 0 for a free one, which is printed).")
  private @Nullable Integer httpPort;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = Time.class,
      description =
          "How long to ask for a driver, as 90s or 10m, before giving up with exit code 1"
              + " (default: without end).")
  private @Nullable Duration wait;

  @Option(
      names = "--forever",
      description = "Waits for the next run when one has ended, well or not.")
  private boolean forever;

  @Override
  public Integer call() {
    RunLog.onScreen();
    Matcher address = ADDRESS.matcher(coordinator);
    if (!address.matches()) {
      throw wrong("--coordinator must be HOST or HOST:PORT", coordinator);
    }
    String given = address.group("port");
    Invitation invitation =
        new Invitation(
            address.group("host").replaceAll("^\\[|]$", ""),
            given == null ? DriverAddress.DEFAULT_PORT : port("--coordinator", given),
            SharedSecret.find(secretFile, "--secret-file", System.getenv()),
            host,
            bindHost,
            port("--port", Integer.toString(port)),
            port("--data-port", Integer.toString(dataPort)),
            Optional.ofNullable(wait),
            forever);
    PrintWriter out = spec.commandLine().getOut();
    Consumer<String> says =
        line -> {
          out.println(line);
          out.flush();
        };
    ServerProcess process = new ServerProcess(invitation, Build.name(), says);
    if (httpPort == null) {
      return run(process) ? Lockstep.DONE : Lockstep.FAILED;
    }
    try (MetricsEndpoint endpoint = endpoint(port("--http-port", httpPort.toString()))) {
      says.accept("metrics at http://" + address(endpoint.address()) + "/metrics");
      return run(process) ? Lockstep.DONE : Lockstep.FAILED;
    }
  }

  private MetricsEndpoint endpoint(int number) {
    String on = bindHost.isEmpty() ? host : bindHost;
    InetSocketAddress address =
        on.isEmpty() ? new InetSocketAddress(number) : new InetSocketAddress(on, number);
    Figures figures = Figures.ofProcess();
    try {
      return MetricsEndpoint.start(
          address,
          figures,
          EnumSet.of(Figure.Of.SERVER),
          () -> figures.get(Figure.SERVERS) > 0 ? "" : "no server of a run is in this process");
    } catch (IOException e) {
      throw new ConfigurationException("--http-port: " + e.getMessage(), e);
    }
  }

  private static String address(InetSocketAddress address) {
    String name = address.getAddress().isAnyLocalAddress() ? "localhost" : address.getHostString();
    return name + ":" + address.getPort();
  }

  /** SIGTERM and Ctrl-C end it, and the driver knows. */
  private static boolean run(ServerProcess process) {
    Thread hook = new Thread(() -> process.end("it was told to end"), "lockstep-server-ends");
    Runtime.getRuntime().addShutdownHook(hook);
    boolean done = process.run();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already: by the hook itself.
    }
    return done;
  }

  private static int port(String option, String text) {
    int number = Integer.parseInt(text);
    if (number < 0 || number > 65_535) {
      throw wrong(option + " must have a port in [0, 65535]", text);
    }
    return number;
  }

  private static ConfigurationException wrong(String rule, String got) {
    return new ConfigurationException(rule + ", got '" + got + "'");
  }

  /** As in the configuration: 500ms, 30s, 5m, 1h. */
  static final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return Durations.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "must be a duration such as 500ms, 30s, 5m or 1h, got '" + text + "'"));
    }
  }
}
