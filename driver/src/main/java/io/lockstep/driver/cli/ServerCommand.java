package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.DriverAddress;
import io.lockstep.common.config.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
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
      "  lockstep server --coordinator driver:7090 --port 7092 --data-port 7093 --forever",
      "",
      "Exit codes: 0 the run is done, 1 it failed, its driver was lost or refused this process, or"
          + " none came within --wait; 2 the command line is wrong."
    })
final class ServerCommand implements Callable<Integer> {
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
  private @Nullable String host;

  @Option(
      names = "--bind-host",
      paramLabel = "ADDRESS",
      description = "Address that it listens on, such as 0.0.0.0 (default: --host).")
  private @Nullable String bindHost;

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
    throw new ConfigurationException(
        "lockstep server: the command line is understood, hosting follows: "
            + String.join(" ", coordinator, "" + secretFile, "" + host, "" + bindHost)
            + port
            + dataPort
            + wait
            + forever);
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
